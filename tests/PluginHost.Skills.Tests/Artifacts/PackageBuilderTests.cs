using System.IO.Compression;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Artifacts;

[TestClass]
public sealed class PackageBuilderTests
{
    private const string Manifest = """
        # The author's own words stay.
        skill_id   = 'acme.demo'
        name = "Demo"
        version = "1.0.0"
        publisher = "acme"
        [[entrypoints.tools]]
        id = "acme.run"
        name = "Run"
        description = "Runs."
        input_schema = { }
        output_schema = { }
        [compat]
        required_protocol_major = 1
        min_palyra_version = "0.1.0"
        """;

    private static readonly SigningKey Key = SigningKey.Read([.. Enumerable.Repeat((byte)5, 32)], () => null);

    private static byte[] Build(string manifest = Manifest, byte[]? module = null, string sbom = """{"bomFormat":"CycloneDX","specVersion":"1.6"}""", params ArchiveEntry[] more) =>
        PackageBuilder.Build(
            new PackageContent(
                Encoding.UTF8.GetBytes(manifest),
                Encoding.UTF8.GetBytes(sbom),
                """{"builder":{},"subject":[{}]}"""u8.ToArray(),
                [new ArchiveEntry("modules/m.wasm", module ?? Packages.Module), .. more]),
            Key,
            DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [TestMethod]
    public void Package_KeepsTheAuthorsTextAndListsTheFiles()
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(Build(more: new ArchiveEntry("assets/ü.txt", "x"u8.ToArray()))));

        var text = Encoding.UTF8.GetString(skill.Artifact.Find("skill.toml")!);
        StringAssert.StartsWith(text, Manifest + "\n\n[[integrity.files]]\n");
        CollectionAssert.AreEquivalent(new[] { "assets/ü.txt", "modules/m.wasm", "provenance.json", "sbom.cdx.json" }, skill.Manifest.Integrity.Keys.ToArray());
        Assert.AreEqual(Key.KeyId, skill.Signature.KeyId);
    }

    [TestMethod]
    public void Package_HasTheWritersForm()
    {
        using var zip = new ZipArchive(new MemoryStream(Build(more: [new ArchiveEntry("assets/B", []), new ArchiveEntry("assets/a", [])])));

        CollectionAssert.AreEqual(
            new[] { "assets/B", "assets/a", "modules/m.wasm", "provenance.json", "sbom.cdx.json", "signature.json", "skill.toml" },
            zip.Entries.Select(entry => entry.FullName).ToArray());
        Assert.IsTrue(zip.Entries.All(entry => entry.LastWriteTime.DateTime == new DateTime(1980, 1, 1) && entry.ExternalAttributes == unchecked((int)0x81A40000)));
    }

    [TestMethod]
    public void SameContent_MakesTheSameBytes() => CollectionAssert.AreEqual(Build(), Build());

    [TestMethod]
    public void BuiltPackage_BuildsAgain_FromItsOwnManifest()
    {
        var first = SkillArtifact.Read(Build());

        var second = SkillArtifact.Read(Build(Encoding.UTF8.GetString(first.Find("skill.toml")!)));

        Assert.AreEqual(first.Payload, second.Payload);
    }

    [TestMethod]
    public void ListOfFiles_ThatDoesNotFit_IsRefused()
    {
        var stale = Manifest + "\n[[integrity.files]]\npath = \"modules/m.wasm\"\nsha256 = \"" + new string('0', 64) + "\"\n";

        Assert.AreEqual("manifest.integrity", Assert.Throws<SkillVerificationException>(() => Build(stale)).Code);
    }

    [TestMethod]
    public void Content_ThatAReaderWouldRefuse_IsNotBuilt()
    {
        Assert.AreEqual("manifest.missing-key", Assert.Throws<SkillVerificationException>(() => Build("name = 1")).Code);
        Assert.AreEqual("sbom.form", Assert.Throws<SkillVerificationException>(() => Build(sbom: "{}")).Code);
        Assert.AreEqual("inspection.module", Assert.Throws<SkillVerificationException>(() => Build(module: [1, 2, 3])).Code);
        Assert.AreEqual("archive.path", Assert.Throws<SkillVerificationException>(() => Build(more: new ArchiveEntry("assets/../x", []))).Code);
        Assert.AreEqual("archive.duplicate", Assert.Throws<SkillVerificationException>(() => Build(more: [new ArchiveEntry("assets/x", []), new ArchiveEntry("assets/X", [])])).Code);
        Assert.AreEqual("archive.entry-size", Assert.Throws<SkillVerificationException>(() => Build(more: new ArchiveEntry("assets/x", new byte[ArchiveLimits.EntryBytes + 1]))).Code);
        Assert.AreEqual("manifest.unknown-key", Assert.Throws<SkillVerificationException>(() => Build(more: new ArchiveEntry("assets/capabilities.toml", "schema = 1\nx = 1"u8.ToArray()))).Code);
    }
}
