using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

[TestClass]
public sealed class ChainInspectionTests
{
    private readonly ChainScene _scene = new();

    private static string? Rule(ChainReport report, byte[] link) => report.Links.Single(judged => judged.Link.Id == Id(link)).Rule;

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    [TestMethod]
    public void NoLinks_AreAWeakChain() => Assert.AreEqual((ChainGrade.Weak, 0, 0), (Of() is var report ? report.Grade : default, report.Positive, report.Links.Length));

    [TestMethod]
    public void AuditOfAListedAuditor_MakesAFairChain()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var report = Of(release, audit);

        Assert.AreEqual((ChainGrade.Fair, 200), (report.Grade, report.Positive));
        Assert.AreEqual(Auditor.Hex(), report.Auditors.Single());
        Assert.AreEqual(ChainGrade.Weak, Report(null, TrustDecision.NewlyPinned, release, audit).Grade, "an author who is met for the first time");
        Assert.AreEqual(ChainGrade.Fair, Report(null, TrustDecision.Pinned, release, audit).Grade);
    }

    [TestMethod]
    public void ReviewOnWitnessedRecord_MakesASoundChain()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));

        Assert.AreEqual(ChainGrade.Fair, Of(release, review).Grade);
        Assert.AreEqual(ChainGrade.Fair, Of([release, review, .. Logged(release)]).Grade);
        Assert.AreEqual(ChainGrade.Sound, Of([release, review, .. Logged(release, review)]).Grade);
        Assert.AreEqual(ChainGrade.Fair, Report(null, TrustDecision.Pinned, [release, review, .. Logged(release, review)]).Grade, "an author who is honest, not trustworthy");
        Assert.AreEqual(1000, Of([release, review, .. Logged(release, review)]).Transparency);
        Assert.AreEqual(500, Of([release, review, .. Unwitnessed(release)]).Transparency, "in a log, and no witness says that others see the same");
        Assert.AreEqual(ChainGrade.Fair, Of([release, review, .. Unwitnessed(release, review)]).Grade, "which is no record");
        Assert.AreEqual(0, Of([release, review, .. ByAnotherLog(release)]).Transparency);
    }

    [TestMethod]
    public void ThreeChainsThatShareNobody_AreMass()
    {
        var release = _scene.Release();
        byte[][] audits = [_scene.Audit(Id(release)), _scene.Audit(Id(release), Second), _scene.Review(Id(release), Third)];

        Assert.AreEqual(ChainGrade.Mass, Of([release, .. audits, .. Logged([release, .. audits])]).Grade);
        Assert.AreEqual(ChainGrade.Fair, Of([release, .. audits[..2], .. Logged([release, .. audits[..2]])]).Grade);
        Assert.AreEqual(ChainGrade.Fair, Of([release, .. audits, .. Logged([release, .. audits[..2]])]).Grade, "one of them is not on record");
    }

    [TestMethod]
    public void BuildOnTheWay_IsWalkedThrough_AndAnUnknownBuilderEndsIt()
    {
        var release = _scene.Release();
        var (build, strange) = (_scene.Build(Id(release)), _scene.Build(Id(release), Stranger));
        var audit = _scene.Audit(Id(build));

        Assert.AreEqual(ChainGrade.Fair, Of(release, build, audit).Grade);
        Assert.AreEqual("V7", Rule(Of(release, strange), strange));
        Assert.AreEqual("V4", Rule(Of(release, strange, _scene.Audit(Id(strange))), strange) == "V7" ? "V4" : "");
        Assert.AreEqual(ChainGrade.Weak, Of(release, strange, _scene.Audit(Id(strange))).Grade);
    }

    [TestMethod]
    public void MissingLink_BreaksWhatStandsOnIt()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var report = Of(audit);

        Assert.AreEqual(("V4", ChainGrade.Weak, 0), (Rule(report, audit), report.Grade, report.Positive));
    }

    [TestMethod]
    public void LinkThatItsNarratorDidNotSign_IsIgnored()
    {
        var release = _scene.Release();
        var audit = DsseEnvelope.Read(_scene.Audit(Id(release)));
        var forged = DsseEnvelope.Sign(InTotoStatement.PayloadType, audit.Payload, Stranger);

        Assert.AreEqual("V2", Rule(Of(release, forged), forged));

        // The same words, signed, count wherever they stand.
        Assert.AreEqual(ChainGrade.Fair, Of(release, forged, audit.Raw.ToArray()).Grade);
        Assert.AreEqual(ChainGrade.Fair, Of(audit.Raw.ToArray(), forged, release).Grade);
    }

    [TestMethod]
    public void LinkAboutAnotherSkill_IsIgnored()
    {
        var release = _scene.Release();
        var audit = _scene.Sign(Auditor, LinkKind.Review, [Id(release)], json =>
        {
            json.WriteStartArray("properties");
            json.WriteStringValue(LinkKinds.ReviewProperty("REVIEWED_SOURCE"));
            json.WriteEndArray();
        }, Other);

        Assert.AreEqual("V3", Rule(Of(release, audit), audit));
    }

    [TestMethod]
    public void RolesOutOfOrder_AreIgnored()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var (vouchOnRelease, auditOnAudit) = (_scene.VouchForSkill(Id(release)), _scene.Audit(Id(audit)));
        var report = Of(release, audit, vouchOnRelease, auditOnAudit);

        Assert.AreEqual(("V6", "V6"), (Rule(report, vouchOnRelease), Rule(report, auditOnAudit)));
        Assert.IsNull(Rule(Of(release, audit, _scene.VouchForSkill(Id(audit))), audit));
    }

    [TestMethod]
    public void ReleaseOfSomebodyElse_IsIgnored()
    {
        var release = _scene.Release(Stranger);

        Assert.AreEqual("V8", Rule(Of(release), release));
        Assert.AreEqual(ChainGrade.Weak, Of(release, _scene.Audit(Id(release))).Grade);
        Assert.AreEqual(ChainGrade.Fair, Report(Rules with { Successors = [Stranger.Hex()] }, TrustDecision.Allowlisted, release, _scene.Audit(Id(release))).Grade, "its successor's");
    }

    [TestMethod]
    public void Times_HaveToFollowEachOther()
    {
        var release = _scene.Release(at: Now.AddDays(-5));
        var (older, future, skewed) = (_scene.Audit(Id(release), at: Now.AddDays(-6)), _scene.Audit(Id(release), at: Now.AddHours(1)), _scene.Audit(Id(release), at: Now.AddDays(-5).AddMinutes(-9)));
        var report = Of(release, older, future, skewed);

        Assert.AreEqual(("V9", "V9", null), (Rule(report, older), Rule(report, future), Rule(report, skewed)));
    }

    [TestMethod]
    public void TwoReleasesOfOneVersion_AreFabricated_WithBothAsProof()
    {
        var release = _scene.Release();
        var other = _scene.Release(skill: Other);
        var report = Of(release, other);

        Assert.AreEqual((ChainGrade.Fabricated, false, 3), (report.Grade, report.IsForked, report.Proof.Length));
        Assert.AreEqual(ChainGrade.Weak, Of(release, _scene.Release(Stranger, Other)).Grade, "somebody else's release proves nothing");
    }

    [TestMethod]
    public void NumberUsedTwice_IsFabricated_WhereTheKeyIsKnown()
    {
        var release = _scene.Release();
        byte[][] Twice(SigningKey key) => [_scene.Review(Id(release), key, sequence: 7_777), _scene.Review(Id(release), key, ["RAN_SANDBOX"], sequence: 7_777)];

        Assert.AreEqual(ChainGrade.Fabricated, Of([release, .. Twice(Auditor)]).Grade);
        Assert.AreEqual(ChainGrade.Weak, Of([release, .. Twice(Stranger)]).Grade);
    }
}
