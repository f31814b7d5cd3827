using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.State;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>The <c>install</c> verb: installing a package of 5 MB beside reading, hashing and writing it, taking turns in one run; and a folder of 200 skills for <c>skills list</c>.</summary>
internal static class InstallCommand
{
    private const int Rounds = 15;
    private const int AssetBytes = 5_000_000;
    private const int Skills = 200;

    /// <param name="arguments">Where a state directory with 200 installed skills is left; nothing of the kind without it.</param>
    /// <param name="output">Figures.</param>
    public static int Run(string[] arguments, TextWriter output)
    {
        using var key = SigningKey.Generate();
        if (arguments is [var place])
        {
            Fill(place, key);
            output.WriteLine($"installed {Skills} skills in {place}");
            return 0;
        }

        var folder = Directory.CreateTempSubdirectory("pluginhost-install-").FullName;
        try
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            var random = new Random(1);
            using var host = new Host(Path.Combine(folder, "state"), key);
            for (var i = 0; i < Rounds; i++)
            {
                var asset = new byte[AssetBytes];
                random.NextBytes(asset);
                var file = Path.Combine(folder, $"{i}.palyra-skill");
                File.WriteAllBytes(file, Package($"bench.large{i}", key, asset));
                theirs.Add(Time(() => Plain(file, Path.Combine(folder, $"{i}.copy"))));
                ours.Add(Time(() => host.Install(file)));
            }

            var (a, b) = (Median(ours), Median(theirs));
            output.WriteLine($"install {a:F1} ms, read, hash and write {b:F1} ms, ratio {a / b:F2}");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(string place, SigningKey key)
    {
        using var host = new Host(place, key);
        for (var i = 0; i < Skills; i++)
        {
            var file = Path.GetTempFileName();
            File.WriteAllBytes(file, Package($"bench.skill{i}", key, null));
            host.Install(file);
            File.Delete(file);
        }
    }

    /// <summary>What nobody who keeps a copy can leave out: read, hash, write, flush, and make the name last.</summary>
    private static void Plain(string from, string to)
    {
        var bytes = File.ReadAllBytes(from);
        SHA256.HashData(bytes);
        using (var file = new FileStream(to + ".tmp", FileMode.CreateNew))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(to + ".tmp", to);
    }

    private static byte[] Package(string id, SigningKey key, byte[]? asset)
    {
        var manifest = $"""
            manifest_version = 2
            skill_id = "{id}"
            name = "Bench"
            version = "1.0.0"
            publisher = "bench"
            [[entrypoints.tools]]
            id = "{id}.run"
            name = "run"
            description = "Does nothing."
            input_schema = {"{}"}
            output_schema = {"{}"}
            [compat]
            required_protocol_major = 1
            min_palyra_version = "0.1.0"
            """;
        var module = TextModule.Encode("(module (import \"extism:host/env\" \"input_length\" (func (result i64))) (func (export \"run\") (result i32) i32.const 0))");
        return PackageBuilder.Build(
            new PackageContent(
                Encoding.UTF8.GetBytes(manifest),
                "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1}"u8.ToArray(),
                null,
                [new ArchiveEntry("modules/run.wasm", module), .. asset is null ? (ArchiveEntry[])[] : [new ArchiveEntry("assets/data.bin", asset)]]),
            key,
            DateTimeOffset.UnixEpoch);
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A host that trusts the key of these packages.</summary>
    private sealed class Host : IDisposable
    {
        private readonly SkillHost _host;

        public Host(string state, SigningKey key)
        {
            StateRoot.Create(state);
            _host = SkillHost.Create(new SkillHostOptions { StateDirectory = state, TrustedPublishers = { ["bench"] = [Convert.ToHexStringLower(key.PublicKey)] } });
        }

        public void Install(string file) => _host.Library.Install(file);

        public void Dispose() => _host.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
