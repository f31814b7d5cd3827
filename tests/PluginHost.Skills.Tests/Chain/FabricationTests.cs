using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

[TestClass]
public sealed class FabricationTests
{
    private readonly ChainScene _scene = new();

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    private byte[] ReleaseAs(string purl, SignedSkill? skill = null) => _scene.Sign(Author, LinkKind.Authorship, [], json => json.WriteString("purl", purl), skill);

    [TestMethod]
    [DataRow("pkg:generic/acme.demo@1.0.0", true)]
    [DataRow("pkg:generic/acme%2Edemo@1.0.0", true)]
    [DataRow("pkg:generic/acme.demo@1%2E0.0", true)]
    [DataRow("pkg:generic/acme.demo@1.0.0/", true)]
    [DataRow("PKG:Generic/Acme.Demo@1.0.0?checksum=1#sub", true)]
    [DataRow("pkg:generic/ns/acme.demo@1.0.0", true)]
    [DataRow("pkg:generic/acme.demo@v1.0.0", true)]
    [DataRow("pkg:generic/acme.demo@1.0.00", true)]
    [DataRow("pkg:generic/acme.demo@1.0.0%2B1", true)]
    [DataRow("pkg:generic/acme.demo@1.0.0%20", true)]
    [DataRow("pkg:generic/acme.demo@1.0", true)]
    [DataRow("pkg:generic/acme.demo@1.0.0-1", false)]
    [DataRow("pkg:generic/acme.demo@", false)]
    [DataRow("pkg:generic/acme.demo@1.0.1", false)]
    [DataRow("pkg:generic/acme.other@1.0.0", false)]
    [DataRow("pkg:generic/not-acme.demo@1.0.0", false)]
    public void ReleaseOfAnotherPayload_IsFabricated_HoweverItsVersionIsSpelled(string purl, bool isFabricated) =>
        Assert.AreEqual(isFabricated ? ChainGrade.Fabricated : ChainGrade.Weak, Of(_scene.Release(), ReleaseAs(purl, Other)).Grade);

    [TestMethod]
    public void ReleaseOfTwoPayloads_IsFabricated()
    {
        var release = DsseEnvelope.Read(_scene.Release());
        var text = System.Text.Encoding.UTF8.GetString(release.Payload).Replace("\"subject\":[", $"\"subject\":[{{\"name\":\"payload\",\"digest\":{{\"palyraPayload1\":\"{Other.Artifact.Payload}\"}}}},", StringComparison.Ordinal);

        Assert.AreEqual(ChainGrade.Fabricated, Of(DsseEnvelope.Sign(release.PayloadType, System.Text.Encoding.UTF8.GetBytes(text), Author)).Grade);
        Assert.AreEqual(ChainGrade.Weak, Of(DsseEnvelope.Sign(release.PayloadType, System.Text.Encoding.UTF8.GetBytes(text), Stranger)).Grade);
    }

    [TestMethod]
    [DataRow("pkg:generic/acme.demo@9.9.9")]
    [DataRow("pkg:generic/evil.other@1.0.0")]
    [DataRow("hello")]
    public void ReleaseThatSaysToBeAnother_IsTold(string purl)
    {
        Assert.IsTrue(Of(ReleaseAs(purl)).Warnings.Single().EndsWith($"says that it is '{purl}', and the package that it is acme.demo@1.0.0", StringComparison.Ordinal));
        Assert.AreEqual(0, Of(_scene.Release()).Warnings.Length);
    }

    [TestMethod]
    [DataRow("high", true)]
    [DataRow("medium", false)]
    public void NumberThatAVouchedAuditorUsedTwice_IsProof_WhereItIsBelievedAsTheOperatorsOwn(string level, bool isFabricated)
    {
        var release = _scene.Release();
        byte[][] twice = [_scene.Review(Id(release), Stranger, sequence: 7_777), _scene.Review(Id(release), Stranger, ["RAN_SANDBOX"], sequence: 7_777)];

        Assert.AreEqual(isFabricated ? ChainGrade.Fabricated : ChainGrade.Fair, Report(Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger, level))) }, TrustDecision.Allowlisted, [release, .. twice]).Grade);
    }

    [TestMethod]
    public void ThirdLinkWithTheSameNumber_HidesNotTheOtherTwo()
    {
        var release = _scene.Release();
        byte[][] thrice = [_scene.Review(Id(release), Stranger, sequence: 7_777), _scene.Review(Id(release), Stranger, ["RAN_SANDBOX"], sequence: 7_777), _scene.Release(Stranger, sequence: 7_777)];

        Assert.AreEqual(ChainGrade.Fabricated, Report(Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger))) }, TrustDecision.Allowlisted, [release, .. thrice]).Grade);
    }

    [TestMethod]
    public void LinksThatANarratorNames_CoverNothing()
    {
        var release = _scene.Release();
        var junk = Enumerable.Range(0, 700).Select(i => _scene.Audit(Id(release), SigningKey.Read([(byte)i, (byte)(i >> 8), .. Enumerable.Repeat((byte)78, 30)], () => null))).ToArray();
        var names = junk.Chunk(64).Select(some => _scene.Sign(Stranger, LinkKind.Build, [.. some.Select(Id)], json =>
        {
            json.WriteStartObject("buildDefinition");
            json.WriteEndObject();
        })).ToArray();
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger, "low", ["builder"]))) };

        Assert.AreEqual(ChainGrade.Fair, Report(rules, TrustDecision.Allowlisted, [.. junk, .. names, release, _scene.Review(Id(release))]).Grade);
    }

    [TestMethod]
    public void LinkAboutAnotherFileOfThePackage_CountsNot()
    {
        var release = _scene.Release();
        var module = Skill.Artifact.Entries.First(entry => SkillArtifact.IsModule(entry.Path)).Path;
        byte[] Build(string name, byte[]? content) => new ChainWriter(Builder, [Id(release)], Now.AddDays(-10), Random.Shared.NextInt64(1, 1L << 40)).AboutSkill(
            LinkKind.Build, Skill.Artifact.Payload, (name, content is null ? new string('b', 64) : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))), json =>
            {
                json.WriteStartObject("buildDefinition");
                json.WriteEndObject();
            });
        string? Rule(byte[] build) => Of(release, build, _scene.Audit(Id(build))).Links.Single(link => link.Link.Id == Id(build)).Rule;

        Assert.IsNull(Rule(Build(module, Skill.Artifact.Find(module))));
        Assert.IsNull(Rule(Build("demo.palyra-skill", null)), "which is none of its files");
        Assert.AreEqual("V3", Rule(Build(module, null)));
        Assert.AreEqual("V3", Rule(Build(module["modules/".Length..], null)));
        Assert.AreEqual(ChainGrade.Weak, Of(release, Build(module, null) is var bad ? bad : [], _scene.Audit(Id(bad))).Grade, "nor what stands on it");
    }

    [TestMethod]
    public void KeysThatAreOrWereThePublishers_SpeakForNothingOfIts()
    {
        var release = _scene.Release();
        byte[][] lines = [release, _scene.Review(Id(release), Stranger)];
        var vouched = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger, scope: ["auditor", "voucher"]), _scene.VouchForKey(Stranger, Keys.Of(70)))) };

        Assert.AreEqual(700, Report(vouched, TrustDecision.Allowlisted, lines).Positive);
        Assert.AreEqual(0, Report(vouched with { Own = [Stranger.Hex()] }, TrustDecision.Allowlisted, lines).Positive);
        Assert.AreEqual(0, Report(vouched with { Own = [Stranger.Hex()] }, TrustDecision.Allowlisted, release, _scene.Review(Id(release), Keys.Of(70))).Positive, "nor whom it vouches for");
        Assert.IsTrue(Report(vouched with { Own = [Stranger.Hex(), Voucher.Hex()] }, TrustDecision.Allowlisted, release, _scene.Violation(Id(release), Stranger)).IsMalicious, "but against");
    }

    [TestMethod]
    public void MaliceOfLittleWeight_BarsWithWhatElseSpeaksAgainst()
    {
        var release = _scene.Release();
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger, "low"))) };
        var malicious = _scene.Violation(Id(release), Stranger);

        Assert.IsFalse(Report(rules, TrustDecision.Allowlisted, release, malicious).IsMalicious);
        Assert.IsTrue(Report(rules, TrustDecision.Allowlisted, release, malicious, _scene.Violation(Id(release), Second, "high"), _scene.Violation(Id(release), Third, "low")).IsMalicious);
        Assert.IsFalse(Report(rules, TrustDecision.Allowlisted, release, _scene.Violation(Id(release), Auditor, "high"), _scene.Violation(Id(release), Second, "high")).IsMalicious, "nobody says so");
    }

    [TestMethod]
    public void FloodOfAuditorsWhoAreBelievedLittle_CoversNoneWhoAreBelievedMore()
    {
        var release = _scene.Release();
        var keys = Enumerable.Range(0, 300).Select(i => SigningKey.Read([(byte)i, (byte)(i >> 8), .. Enumerable.Repeat((byte)77, 30)], () => null)).ToList();
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle([_scene.VouchForKey(Voucher, Keys.Of(70), "low", ["voucher"]), .. keys.Select(key => _scene.VouchForKey(Keys.Of(70), key)), .. new byte[] { 71, 72, 73 }.Select(seed => _scene.VouchForKey(Voucher, Keys.Of(seed)))])) };
        var flood = keys.Select(key => _scene.Audit(Id(release), key, "WARNED")).ToArray();
        byte[][] honest = [.. new byte[] { 71, 72, 73 }.Select(seed => _scene.Review(Id(release), Keys.Of(seed)))];

        Assert.AreEqual(3, Report(rules, TrustDecision.Allowlisted, [.. flood, release, .. honest]).Reviewers.Count);
    }
}
