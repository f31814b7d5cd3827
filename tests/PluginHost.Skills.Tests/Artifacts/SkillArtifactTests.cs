using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Tests.Artifacts;

[TestClass]
public sealed class SkillArtifactTests
{
    private static string Refusal(byte[] package) =>
        Assert.ThrowsExactly<SkillVerificationException>(() => SkillSignature.Verify(SkillArtifact.Read(package))).Code;

    [TestMethod]
    public void Payload_IsTheKnownAnswer()
    {
        var artifact = SkillArtifact.Read(Packages.Signed());

        Assert.AreEqual("1519c9638a7092f738595f1cbea92106a7b4954391c456fb7d3cefbbe1786a0d", artifact.Payload);
        Assert.AreEqual("acme", SkillSignature.Verify(artifact).Publisher);
        Assert.AreEqual("ed25519:7599776c3085e3f9", SkillSignature.Verify(artifact).KeyId);
    }

    [TestMethod]
    public void Payload_OrdersByUtf8Bytes_NotByUtf16()
    {
        // U+E000 is EE 80 80, U+10000 is F0 90 80 80; by UTF-16 units (E000, D800 DC00) they would change places.
        byte[] expected =
        [
            .. "palyra.skill.payload.v1"u8,
            0, 0, 0, 0, 0, 0, 0, 3, 0xEE, 0x80, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 1,
            0, 0, 0, 0, 0, 0, 0, 4, 0xF0, 0x90, 0x80, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2,
        ];

        var digest = PayloadDigest.Of([new ArchiveEntry("\U00010000", [2]), new ArchiveEntry("\uE000", [1])]);

        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(expected)), digest);
    }

    [TestMethod]
    [DataRow("\"acme\"", "\"acme\",\"more\":\"x\"", "signature.form")]
    [DataRow("\"acme\"", "\"acme\",\"publisher\":\"evil\"", "signature.form")]
    [DataRow("\"publisher\":\"acme\",", "", "signature.form")]
    [DataRow(":0}", ":\"0\"}", "signature.form")]
    [DataRow("ed25519-sha256", "ed25519", "signature.algorithm")]
    [DataRow("ed25519:75", "ed25519:76", "signature.key-id")]
    [DataRow("\"1519c", "\"1519C", "signature.payload")]
    [DataRow("SQDQ==", "SQDQ", "signature.encoding")]
    [DataRow("SQDQ==", "SQDR==", "signature.encoding")]
    [DataRow("SQDQ==", "SQ DQ==", "signature.encoding")]
    [DataRow("/ZQ0h", "_ZQ0h", "signature.encoding")]
    [DataRow("/ZQ0h", "/ZQ1h", "signature.invalid")]
    public void Signature_ThatDeviates_IsRefusedByItsRule(string text, string changed, string code) =>
        Assert.AreEqual(code, Refusal(Packages.Signed(signature => signature.Replace(text, changed, StringComparison.Ordinal))));

    [TestMethod]
    [DataRow("/abs")]
    [DataRow("a//b")]
    [DataRow("../a")]
    [DataRow("a/./b")]
    [DataRow("c:/a")]
    [DataRow("nul.txt")]
    [DataRow("a/COM1")]
    [DataRow("a ")]
    [DataRow("a.")]
    [DataRow(" a")]
    [DataRow("a\u0001")]
    [DataRow("e\u0301")]
    [DataRow("\u212B")]
    [DataRow("modules\\..\\a")]
    public void Path_ThatSomeSystemMisreads_IsRefused(string path) =>
        Assert.AreEqual("archive.path", Refusal(Packages.Zip(("modules/m.wasm", Packages.Module), (path, [1]))));

    [TestMethod]
    [DataRow("a/b", "a\\b")]
    [DataRow("a/b", "A/B")]
    [DataRow("a", "a/b")]
    [DataRow("a", "a")]
    public void Twins_AreRefused(string one, string other) =>
        Assert.AreEqual("archive.duplicate", Refusal(Packages.Zip(("modules/m.wasm", Packages.Module), (one, [1]), (other, [2]))));

    [TestMethod]
    public void Modules_AreNeeded() => Assert.AreEqual("archive.no-module", Refusal(Packages.Zip(("a.wasm", Packages.Module))));

    [TestMethod]
    public void Limits_Hold()
    {
        Assert.AreEqual("archive.size", Refusal(new byte[ArchiveLimits.TotalBytes + 1]));
        Assert.AreEqual("archive.count", Refusal(Packages.Zip([.. Enumerable.Range(0, 257).Select(i => ($"f{i}", Array.Empty<byte>()))])));
        Assert.AreEqual("archive.entry-size", Refusal(Packages.Zip(("f", new byte[ArchiveLimits.EntryBytes + 1]))));
        Assert.AreEqual("archive.size", Refusal(Packages.Zip([.. Enumerable.Range(0, 5).Select(i => ($"f{i}", new byte[ArchiveLimits.EntryBytes]))])));
    }

    [TestMethod]
    public void PrefixSuffixOrComment_IsRefused()
    {
        var package = Packages.Signed();

        Assert.AreEqual("archive.form", Refusal([0, .. package]));
        Assert.AreEqual("archive.form", Refusal([.. package, 0]));
        Assert.AreEqual("archive.form", Refusal([.. package[..^2], 1, 0, 0x20]));
        Assert.AreEqual("archive.form", Refusal([.. package, .. package]));
        Assert.AreEqual("archive.form", Refusal([]));
    }

    [TestMethod]
    public void EveryTruncation_IsRefused()
    {
        var package = new DemoPackage().Build();
        for (var length = 0; length < package.Length; length++)
        {
            Assert.AreEqual("archive", Assert.ThrowsExactly<SkillVerificationException>(() => SignedSkill.Verify(SkillArtifact.Read(package.AsMemory(0, length)))).Room, $"at {length}");
        }
    }

    /// <summary>
    /// A flipped bit is refused, or lies in a place that carries nothing we keep, and then every path and byte is the same. The
    /// free places: versions and time of a central header; version and time of a local one; the bits that fill the last byte of a
    /// Deflate stream. Of the attributes one bit is free, by which DOS marked files that were to be archived.
    /// </summary>
    [TestMethod]
    public void FlippedBit_IsRefused_OrLiesInAFreePlaceAndChangesNothing()
    {
        var package = Packages.Signed();
        var original = SkillArtifact.Read(package);
        var free = FreePlaces(package);
        for (var bit = 0; bit < package.Length * 8; bit++)
        {
            var changed = package.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                var artifact = SkillArtifact.Read(changed);
                SkillSignature.Verify(artifact);
                Assert.IsTrue(free.Contains(bit / 8), $"byte {bit / 8}, bit {bit % 8} is accepted");
                CollectionAssert.AreEqual(
                    original.Entries.Select(entry => $"{entry.Path} {Convert.ToHexString(entry.Content)}").ToArray(),
                    artifact.Entries.Select(entry => $"{entry.Path} {Convert.ToHexString(entry.Content)}").ToArray());
            }
            catch (SkillVerificationException)
            {
            }
        }
    }

    private static HashSet<int> FreePlaces(byte[] package)
    {
        var free = new HashSet<int>();
        var end = package.Length - 22;
        for (var at = (int)BitConverter.ToUInt32(package, end + 16); at < end;)
        {
            free.UnionWith(new[] { 4, 5, 6, 7, 12, 13, 14, 15, 36, 37, 38 }.Select(field => at + field));
            var local = (int)BitConverter.ToUInt32(package, at + 42);
            free.UnionWith(new[] { 4, 5, 10, 11, 12, 13 }.Select(field => local + field));
            var data = local + 30 + BitConverter.ToUInt16(package, local + 26) + BitConverter.ToUInt16(package, local + 28);
            if (BitConverter.ToUInt16(package, at + 10) != 0)
            {
                free.Add(data + (int)BitConverter.ToUInt32(package, at + 20) - 1);
            }

            at += 46 + BitConverter.ToUInt16(package, at + 28) + BitConverter.ToUInt16(package, at + 30) + BitConverter.ToUInt16(package, at + 32);
        }

        return free;
    }

    [TestMethod]
    public void MutatedPackage_IsReadOrRefusedByATypedError()
    {
        var package = Packages.Signed();
        var mutation = Gen.Zip(Gen.Choose(0, package.Length - 1), Gen.Choose(0, 255)).ListOf(6).ToArbitrary();
        Prop.ForAll(mutation, edits =>
        {
            var changed = package.ToArray();
            foreach (var (at, value) in edits)
            {
                changed[at] = (byte)value;
            }

            try
            {
                SkillSignature.Verify(SkillArtifact.Read(changed));
            }
            catch (SkillVerificationException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
