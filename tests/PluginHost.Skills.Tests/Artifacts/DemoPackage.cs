using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.Wasm.Text;

namespace PluginHost.Skills.Tests.Artifacts;

/// <summary>A package of a test: a valid one, of which the test changes what it is about.</summary>
internal sealed record DemoPackage
{
    public static SigningKey Key { get; } = SigningKey.Read([.. Enumerable.Repeat((byte)5, 32)], () => null);

    public string Id { get; init; } = "acme.demo";

    public string Version { get; init; } = "1.0.0";

    public string Publisher { get; init; } = "acme";

    public string Description { get; init; } = "Runs.";

    /// <summary>Text of the manifest after its tool.</summary>
    public string Manifest { get; init; } = "";

    public string? Capabilities { get; init; }

    public string Sbom { get; init; } = """{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}""";

    public string Provenance { get; init; } = """{"builder":{"id":"b"},"subject":[{"name":"m"}]}""";

    /// <summary>The module in the text format.</summary>
    public string Module { get; init; } = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (i32.const 0)))""";

    /// <summary>Bytes behind the module: a custom section.</summary>
    public byte[] Section { get; init; } = [];

    public (string Path, byte[] Content)[] Files { get; init; } = [];

    public SigningKey Signer { get; init; } = Key;

    public string ModuleDigest => Convert.ToHexStringLower(SHA256.HashData(TextModule.Encode(Module)));

    /// <summary>A statement of provenance about the module.</summary>
    public string Statement(string builder = "https://ci.example/b", string? top = null, string parameters = """{"source":"git+https://git.example/acme/demo@refs/tags/v1"}""", string? digest = null) =>
        "{\"_type\":\"https://in-toto.io/Statement/v1\"," + (top is null ? "" : $"\"builder\":{{\"id\":\"{top}\"}},")
        + $"\"subject\":[{{\"name\":\"modules/m.wasm\",\"digest\":{{\"sha256\":\"{digest ?? ModuleDigest}\"}}}}],\"predicateType\":\"https://slsa.dev/provenance/v1\","
        + $"\"predicate\":{{\"buildDefinition\":{{\"buildType\":\"t\",\"externalParameters\":{parameters}}},\"runDetails\":{{\"builder\":{{\"id\":\"{builder}\"}}}}}}}}";

    public byte[] Build()
    {
        var manifest = $"""
            skill_id = "{Id}"
            name = "Demo"
            version = "{Version}"
            publisher = "{Publisher}"
            [[entrypoints.tools]]
            id = "{Publisher}.run"
            name = "Run"
            description = "{Description}"
            input_schema = {"{ }"}
            output_schema = {"{ }"}
            [compat]
            required_protocol_major = 1
            min_palyra_version = "0.1.0"
            {Manifest}
            """;
        List<ArchiveEntry> files = [new("modules/m.wasm", [.. TextModule.Encode(Module), .. Section]), .. Files.Select(file => new ArchiveEntry(file.Path, file.Content))];
        if (Capabilities is not null)
        {
            files.Add(new ArchiveEntry("assets/capabilities.toml", Encoding.UTF8.GetBytes("schema = 1\n" + Capabilities)));
        }

        return PackageBuilder.Build(
            new PackageContent(Encoding.UTF8.GetBytes(manifest), Encoding.UTF8.GetBytes(Sbom), Encoding.UTF8.GetBytes(Provenance), files), Signer, DateTimeOffset.UnixEpoch);
    }

    public SignedSkill Signed() => SignedSkill.Verify(SkillArtifact.Read(Build()));
}
