using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Wasm.Text;

namespace PluginHost.Tests.Hosting;

/// <summary>A package of a test: a valid one, of which the test changes what it is about.</summary>
internal sealed record TestPackage
{
    public string Id { get; init; } = "acme.test";

    public string Version { get; init; } = "1.0.0";

    public string Publisher { get; init; } = "acme";

    /// <summary>Ids of its tools, after <c>acme.</c></summary>
    public string[] Tools { get; init; } = ["run"];

    /// <summary>What each tool says of itself, in place of the usual words.</summary>
    public string? Words { get; init; }

    /// <summary>Input schema of each tool.</summary>
    public string Schema { get; init; } = "{}";

    /// <summary>Output schema of each tool.</summary>
    public string OutputSchema { get; init; } = "{}";

    /// <summary>Whether each call of a tool needs approval.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>Text of the manifest after the tools.</summary>
    public string Manifest { get; init; } = "";

    public string Compatibility { get; init; } = "required_protocol_major = 1\nmin_palyra_version = \"0.1.0\"";

    /// <summary>Text of <c>capabilities.toml</c>, without its first line.</summary>
    public string? Capabilities { get; init; }

    /// <summary>Modules in the text format, by name.</summary>
    public Dictionary<string, string> Modules { get; init; } = new() { ["m"] = Echo };

    /// <summary>A module in the binary format, in place of those.</summary>
    public byte[]? Binary { get; init; }

    public Dictionary<string, string> Assets { get; init; } = [];

    /// <summary>An Extism guest that answers with its input.</summary>
    public const string Echo = """
        (module
          (import "extism:host/env" "input_offset" (func $offset (result i64)))
          (import "extism:host/env" "input_length" (func $length (result i64)))
          (import "extism:host/env" "output_set" (func $output (param i64 i64)))
          (func (export "run") (result i32) (call $output (call $offset) (call $length)) (i32.const 0)))
        """;

    public byte[] Build()
    {
        var manifest = new StringBuilder($"skill_id = \"{Id}\"\nname = \"Test\"\nversion = \"{Version}\"\npublisher = \"{Publisher}\"\n");
        foreach (var tool in Tools)
        {
            manifest.Append($"[[entrypoints.tools]]\nid = \"{Publisher}.{tool}\"\nname = \"{tool}\"\ndescription = \"{Words ?? $"Does {tool}."}\"\ninput_schema = {Schema}\noutput_schema = {OutputSchema}\n{(RequiresApproval ? "[entrypoints.tools.risk]\nrequires_approval = true\n" : "")}");
        }

        manifest.Append($"[compat]\n{Compatibility}\n{Manifest}\n");
        List<ArchiveEntry> files = Binary is not null
            ? [new ArchiveEntry("modules/m.wasm", Binary)]
            : [.. Modules.Select(module => new ArchiveEntry($"modules/{module.Key}.wasm", TextModule.Encode(module.Value)))];
        files.AddRange(Assets.Select(asset => new ArchiveEntry("assets/" + asset.Key, Encoding.UTF8.GetBytes(asset.Value))));
        if (Capabilities is not null)
        {
            files.Add(new ArchiveEntry("assets/capabilities.toml", Encoding.UTF8.GetBytes("schema = 1\n" + Capabilities)));
        }

        return PackageBuilder.Build(
            new PackageContent(
                Encoding.UTF8.GetBytes(manifest.ToString()),
                """{"bomFormat":"CycloneDX","specVersion":"1.6"}"""u8.ToArray(),
                """{"builder":{"id":"test"},"subject":[{"name":"m"}]}"""u8.ToArray(),
                files),
            TestHosts.Key,
            DateTimeOffset.UnixEpoch);
    }

    public string Write(TemporaryFolder folder)
    {
        var path = folder[$"{Guid.NewGuid():n}.palyra-skill"];
        File.WriteAllBytes(path, Build());
        return path;
    }
}
