using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>i8x16.shuffle in all the ways that it is compiled, against the definition (spec 4.3.3).</summary>
[TestClass]
public sealed class ShuffleTests
{
    private static readonly CompilationOptions[] Modes = [new(), new() { ForceFallback = true }];

    private static IEnumerable<int[]> Patterns
    {
        get
        {
            for (var start = 0; start < 32; start++)
            {
                yield return Lanes(i => (start + i) % 32);
            }

            foreach (var size in new[] { 1, 2, 4, 8 })
            {
                foreach (var from in new[] { 0, 8, 16, 24 })
                {
                    // Groups in turn from both vectors, and groups of one in reverse.
                    yield return Lanes(i => (from + (i / (2 * size) * size) + (i % size) + (i / size % 2 * 16)) % 32);
                    yield return Lanes(i => (from & 16) + ((15 - i) / size * size) + (i % size));
                }
            }

            var random = new Random(7);
            for (var n = 0; n < 60; n++)
            {
                var groups = Enumerable.Range(0, 8).Select(_ => random.Next(8)).ToArray();
                yield return Lanes(_ => random.Next(32));
                yield return Lanes(i => i + (16 * (groups[i / 2] & 1)));
                yield return Lanes(i => (4 * groups[i / 4]) + (i & 3));
                yield return Lanes(i => (4 * ((groups[i / 4] & 3) + (4 * (i / 8)))) + (i & 3));
            }
        }
    }

    [TestMethod]
    public void Shuffle_OfEveryPattern_TakesTheLanesItNames()
    {
        var patterns = Patterns.ToArray();
        var functions = patterns.Select((lanes, i) =>
            $"""(func (export "f{i}") (param v128 v128) (result v128) (i8x16.shuffle {string.Join(' ', lanes)} (local.get 0) (local.get 1)))""");
        var bytes = Lanes(i => i).Concat(Lanes(i => 100 + i)).Select(value => (byte)value).ToArray();
        var (a, b) = (Vector128.Create(bytes, 0), Vector128.Create(bytes, 16));
        foreach (var mode in Modes)
        {
            using var guest = new Guest($"(module {string.Concat(functions)})", mode);
            for (var i = 0; i < patterns.Length; i++)
            {
                var expected = Vector128.Create([.. patterns[i].Select(lane => bytes[lane])]);

                Assert.AreEqual(expected, guest.Call($"f{i}", WasmValue.FromV128(a), WasmValue.FromV128(b))[0].V128, string.Join(' ', patterns[i]));
            }
        }
    }

    private static int[] Lanes(Func<int, int> lane) => [.. Enumerable.Range(0, 16).Select(lane)];
}
