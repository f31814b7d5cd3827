using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Crashes;

/// <summary>The skill that things are done to.</summary>
internal static class Subject
{
    public const string Id = "acme.test";
    private const string Module = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (i32.const 0)))""";
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static string PublisherKey
    {
        get
        {
            using var key = Publisher();
            return Convert.ToHexStringLower(key.PublicKey);
        }
    }

    /// <summary>Who lifts quarantines.</summary>
    public static SigningKey Operator() => SigningKey.Read([.. Seed.Reverse()], static () => null);

    /// <summary>A package beside a state directory.</summary>
    public static string Package(string state, string version)
    {
        var path = $"{state}-{version}.palyra-skill";
        if (!File.Exists(path))
        {
            using var key = Publisher();
            var manifest = $"skill_id = \"{Id}\"\nname = \"Test\"\nversion = \"{version}\"\npublisher = \"acme\"\n[[entrypoints.tools]]\nid = \"acme.run\"\nname = \"run\"\ndescription = \"Runs.\"\ninput_schema = {{}}\noutput_schema = {{}}\n[compat]\nrequired_protocol_major = 1\nmin_palyra_version = \"0.1.0\"\n";
            var bytes = PackageBuilder.Build(
                new PackageContent(
                    Encoding.UTF8.GetBytes(manifest), """{"bomFormat":"CycloneDX","specVersion":"1.6"}"""u8.ToArray(), """{"builder":{"id":"test"},"subject":[{"name":"m"}]}"""u8.ToArray(),
                    [new ArchiveEntry("modules/m.wasm", TextModule.Encode(Module))]),
                key,
                DateTimeOffset.UnixEpoch);

            // Several processes may need it at once.
            var own = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(own, bytes);
            File.Move(own, path, overwrite: true);
        }

        return path;
    }

    private static SigningKey Publisher() => SigningKey.Read(Seed, static () => null);
}
