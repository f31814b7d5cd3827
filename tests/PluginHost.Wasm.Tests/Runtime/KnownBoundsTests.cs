using System.Text;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>
/// Checks that are shared by several accesses trap where each check by itself would have: same outcome, same memory afterwards. The expected
/// outcome is computed here.
/// </summary>
[TestClass]
public sealed class KnownBoundsTests
{
    private const int Size = 65_536;

    /// <summary>Addresses at the end of the memory, at its start, and around the wrap of 32 bits.</summary>
    private static readonly uint[] Bases =
        [0, 3, 8, .. Enumerable.Range(0, 20).Select(i => (uint)(Size - (3 * i))), 0xFFFF_FF00, 0xFFFF_FFE0, 0xFFFF_FFF8, 0xFFFF_FFFF];

    [TestMethod]
    public void Accesses_NearEachOther_TrapAsIfEachWereChecked()
    {
        var (trapped, returned) = (0, 0);
        for (var seed = 0; seed < 250; seed++)
        {
            var program = new Accesses(seed);
            foreach (var mode in new[] { new CompilationOptions(), new CompilationOptions { Metering = false, ForceFallback = seed % 2 == 0 } })
            {
                var module = Guest.Compile(program.Text, mode);
                foreach (var start in Bases)
                {
                    using var store = new Store();
                    var expected = program.Run(start);
                    var actual = Run(new Linker().Instantiate(store, module), start);

                    Assert.AreEqual(expected.Result, actual.Result, $"{program.Text} from {start}");
                    Assert.IsTrue(expected.Memory.AsSpan().SequenceEqual(actual.Memory), $"{program.Text} from {start}");
                    _ = expected.Result is null ? trapped++ : returned++;
                }
            }
        }

        Assert.IsTrue(trapped > 1_000 && returned > 1_000, $"{trapped} trapped, {returned} returned");
    }

    [TestMethod]
    [DataRow("(block (block (drop (i32.load (local.get 0))) (br 1)) (drop (i32.load offset=60000 (local.get 0))))", null)]
    [DataRow("(block (block (drop (i32.load (local.get 0))) (br_table 1 1 (local.get 0))) (i32.store offset=60000 (local.get 0) (i32.const 1)))", null)]
    [DataRow("(block $out (loop (block (drop (i32.load (local.get 0))) (br $out)) (drop (v128.load offset=60000 (local.get 0)))))", null)]
    [DataRow("(block (drop (i32.load (local.get 0))) (unreachable)) (drop (i32.load offset=60000 (local.get 0)))", TrapKind.Unreachable)]
    public void Access_ThatNeverRuns_LeavesTheChecksOfOthersAlone(string body, TrapKind? trap)
    {
        using var guest = new Guest($"""(module (memory 1) (func (export "run") (param i32) (result i32) {body} (i32.const 7)))""");

        if (trap is { } kind)
        {
            Assert.AreEqual(kind, guest.Trap("run", 10_000).Kind);
        }
        else
        {
            Assert.AreEqual(7, guest.CallI32("run", 10_000));
        }
    }

    private static (int? Result, byte[] Memory) Run(Instance instance, uint start)
    {
        int? result;
        try
        {
            result = instance.GetFunction("run")!.Invoke(WasmValue.FromI32((int)start))[0].I32;
        }
        catch (WasmTrapException trap) when (trap.Kind == TrapKind.MemoryOutOfBounds)
        {
            result = null;
        }

        var memory = new byte[Size];
        instance.GetMemory("memory")!.Read(0, memory);
        return (result, memory);
    }

    /// <summary>A random sequence of accesses, as text and as what it does.</summary>
    private sealed class Accesses
    {
        private readonly List<Func<State, bool>> _steps = [];
        private readonly StringBuilder _text = new();

        public Accesses(int seed)
        {
            var random = new Random(seed);
            for (var i = random.Next(2, 12); i > 0; i--)
            {
                Add(random);
            }
        }

        public string Text =>
            $"""(module (memory (export "memory") 1) (func (export "run") (param $p i32) (result i32) (local $sum i32) {_text} (local.get $sum)))""";

        public (int? Result, byte[] Memory) Run(uint start)
        {
            var state = new State { Pointer = start };
            return (_steps.TrueForAll(step => step(state)) ? state.Sum : null, state.Memory);
        }

        private void Add(Random random)
        {
            var (delta, offset) = (random.Next(4) switch { 0 => random.Next(32), 1 => random.Next(-16, 16), _ => 0 }, (uint)random.Next(3) * 4);
            var width = random.Next(2) == 0 ? 1 : 4;
            var address = delta == 0 ? "(local.get $p)" : $"(i32.add (local.get $p) (i32.const {delta}))";
            var value = random.Next(1, 100);
            switch (random.Next(9))
            {
                case 0:
                    _text.Append($" (local.set $p {address})");
                    _steps.Add(state => state.Move(delta));
                    break;
                case 1 or 8:
                    delta = random.Next(-16, 32);
                    address = $"(i32.add (local.get $p) (i32.const {delta}))";

                    // The arm is taken or not; what is known in it is not known behind it, and what was known before it may not be either.
                    var store = random.Next(2) == 0;
                    _text.Append($" (if (i32.and (local.get $p) (i32.const 4)) (then (local.set $p {address}) {(store ? $"(i32.store8 (local.get $p) (i32.const {value}))" : "")}))");
                    _steps.Add(state => (state.Pointer & 4) == 0 || (state.Move(delta) && (!store || state.Store(0, 1, value))));
                    break;
                case 2 or 3 or 4:
                    _text.Append($" (i32.store{(width == 1 ? "8" : "")} offset={offset} {address} (i32.const {value}))");
                    _steps.Add(state => state.Store(delta, width, value, offset));
                    break;
                default:
                    _text.Append($" (local.set $sum (i32.add (local.get $sum) (i32.load{(width == 1 ? "8_u" : "")} offset={offset} {address})))");
                    _steps.Add(state => state.Load(delta, width, offset));
                    break;
            }
        }
    }

    private sealed class State
    {
        public uint Pointer { get; set; }

        public int Sum { get; private set; }

        public byte[] Memory { get; } = new byte[Size];

        public bool Move(int delta)
        {
            Pointer = unchecked(Pointer + (uint)delta);
            return true;
        }

        public bool Store(int delta, int width, int value, uint offset = 0)
        {
            var at = At(delta, offset);
            if (at + (ulong)width > Size)
            {
                return false;
            }

            for (var i = 0; i < width; i++)
            {
                Memory[at + (ulong)i] = (byte)(value >> (8 * i));
            }

            return true;
        }

        public bool Load(int delta, int width, uint offset)
        {
            var at = At(delta, offset);
            if (at + (ulong)width > Size)
            {
                return false;
            }

            Sum = unchecked(Sum + (width == 1 ? Memory[at] : BitConverter.ToInt32(Memory, (int)at)));
            return true;
        }

        private ulong At(int delta, uint offset) => (ulong)unchecked(Pointer + (uint)delta) + offset;
    }
}
