using PluginHost.Skills.Chain;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>What speaks for and against a skill, and what it weighs.</summary>
[TestClass]
public sealed class ChainWeightTests
{
    private readonly ChainScene _scene = new();

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    [TestMethod]
    public void WhatSpeaksAgainstASkill_IsSilencedByNobody()
    {
        var release = _scene.Release(at: Now.AddDays(-1));
        var build = _scene.Build(Id(release), Stranger);
        byte[] On(string before) => _scene.Violation(before);
        var (late, gone, onBuild) = (On(Id(release)), On(new string('e', 64)), On(Id(build)));

        Assert.IsTrue(Of(release, late).IsMalicious, "dated before the release");
        Assert.IsTrue(Of(late).IsMalicious, "the release was taken away");
        Assert.IsTrue(Of(release, gone).IsMalicious, "it stands on a link that nobody shows");
        Assert.IsTrue(Of(release, build, onBuild).IsMalicious, "it stands on a builder who does not count");
        Assert.IsTrue(Of([release, late, .. Logged(late, release)]).IsMalicious, "the release was logged later");
    }

    [TestMethod]
    [DataRow("", 200, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"osv","score":"low"}]}""", 100, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"nvd","score":"3.9"}]}""", 100, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"nvd","score":"4.0"}]}""", 0, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"osv","score":"high"}]}""", 0, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"osv","score":"low"},{"method":"nvd","score":"9"}]}""", 0, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[]}""", 0, false, false)]
    [DataRow("""{"id":"CVE-1"}""", 0, false, false)]
    [DataRow("""{"id":"CVE-1","severity":[{"method":"osv","score":"low"}]},{"id":"mal-2025-1"}""", 0, true, true)]
    public void VulnerabilitiesThatWereFound_SpeakForNothing_AndMalwareSpeaksAgainst(string results, int positive, bool isContradicted, bool isMalicious)
    {
        var release = _scene.Release();
        var audit = _scene.Sign(Auditor, LinkKind.VulnerabilityAudit, [Id(release)], json =>
        {
            json.WritePropertyName("scanner");
            json.WriteRawValue($$"""{"uri":"pkg:nuget/PluginHost","db":{"uri":"https://osv.dev","lastUpdate":"2026-11-01T00:00:00Z"},"result":[{{results}}]}""");
        });
        var report = Of(release, audit);

        Assert.AreEqual((positive, isMalicious, positive > 0 ? 1 : 0), (report.Positive, report.IsMalicious, report.Auditors.Count));
        Assert.AreEqual(isContradicted ? ChainGrade.Contradicted : positive > 0 ? ChainGrade.Fair : ChainGrade.Weak, report.Grade);
    }

    [TestMethod]
    public void Violation_ContradictsAndItsMaliceBars()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var mild = Of(release, review, _scene.Violation(Id(release), severity: "low"));
        var malicious = Of(release, review, _scene.Violation(Id(release)));

        Assert.AreEqual((ChainGrade.Contradicted, 200, false), (mild.Grade, mild.Negative, mild.IsMalicious));
        Assert.AreEqual((200, 200, 1), (mild.PathsAgainst.Sum(path => path.Amount), mild.PathsAgainst.Single().Amount, mild.Against.Length), "each number lists what earned it");
        Assert.AreEqual((1000, true), (malicious.Negative, malicious.IsMalicious));
        Assert.AreEqual(ChainGrade.Fair, Of(release, review, _scene.Violation(Id(release), Stranger)).Grade, "a stranger's word lowers nothing");
        Assert.AreEqual(ChainGrade.Contradicted, Of(release, review, _scene.Audit(Id(release), Second, "FAILED")).Grade);
    }

    [TestMethod]
    public void DistrustedNarrator_LosesItsGoodWord_NotItsBadOne()
    {
        var release = _scene.Release();
        var rules = Rules with { Distrusted = [Auditor.Hex(), Second.Hex()] };

        Assert.AreEqual(0, Report(rules, TrustDecision.Allowlisted, release, _scene.Review(Id(release))).Positive);
        Assert.IsTrue(Report(rules, TrustDecision.Allowlisted, release, _scene.Violation(Id(release))).IsMalicious);
    }

    [TestMethod]
    public void AuditThatHidesItsRules_WeighsAQuarter()
    {
        var release = _scene.Release();
        var report = Of(release, _scene.Audit(Id(release), isConcealed: true));

        Assert.AreEqual(50, report.Positive);
        StringAssert.Contains(report.Warnings.Single(), "mudallas");
    }

    [TestMethod]
    public void OldAudits_WeighLess()
    {
        var release = _scene.Release(at: Now.AddDays(-800));
        int At(int days) => Of(release, _scene.Review(Id(release), at: Now.AddDays(-days))).Positive;

        CollectionAssert.AreEqual(new[] { 700, 700, 525, 350, 175 }, new[] { At(1), At(90), At(91), At(300), At(400) });
    }
}
