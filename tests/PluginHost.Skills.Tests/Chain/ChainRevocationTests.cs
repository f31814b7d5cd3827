using PluginHost.Skills.Chain;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>What is left of the word of keys that were revoked.</summary>
[TestClass]
public sealed class ChainRevocationTests
{
    private readonly ChainScene _scene = new();

    private static string? Rule(ChainReport report, byte[] link) => report.Links.Single(judged => judged.Link.Id == Id(link)).Rule;

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    private static ChainRules Vouched(params byte[][] vouches) => Rules with { Vouches = TrustBundle.Read(Bundle(vouches)) };

    [TestMethod]
    public void RevokedKey_CountsForNothing_ButForPayloadsThatStayValid()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        ChainRules Revoking(params string[] valid) => Rules with { Revoked = Rules.Revoked.Add(Auditor.Hex(), new RevokedKey { Reason = "compromised", At = Now, ValidPayloads = [.. valid] }) };

        Assert.AreEqual("V10", Rule(Report(Revoking(), TrustDecision.Allowlisted, release, audit), audit));
        Assert.IsNull(Rule(Report(Revoking(Skill.Artifact.Payload), TrustDecision.Allowlisted, release, audit), audit));
    }

    [TestMethod]
    public void RevokedKey_CountsForWhatALogHadBeforeItsCutoff()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        byte[][] logged = [release, audit, .. Logged(release, audit)];
        string? RuleBy(LogCutoff? cutoff, params byte[][] lines) =>
            Rule(Report(Rules with { Revoked = Rules.Revoked.Add(Auditor.Hex(), new RevokedKey { Reason = "compromised", At = Now, Cutoff = cutoff }) }, TrustDecision.Allowlisted, lines), audit);

        Assert.IsNull(RuleBy(new LogCutoff(Origin, 2), logged));
        Assert.AreEqual("V10", RuleBy(new LogCutoff(Origin, 1), logged), "it is entry 1");
        Assert.AreEqual("V10", RuleBy(new LogCutoff("other.example", 2), logged));
        Assert.AreEqual("V10", RuleBy(null, logged));
        Assert.AreEqual("V10", RuleBy(new LogCutoff(Origin, 2), release, audit), "no proof shows it");
        Assert.AreEqual("V10", RuleBy(new LogCutoff(Origin, 2), [release, audit, .. Unwitnessed(audit)]));
        Assert.AreEqual("V10", RuleBy(new LogCutoff(Origin, 2), [.. logged, .. Fork(audit)]), "a log with two trees has no order");
        Assert.AreEqual("V10", RuleBy(new LogCutoff("other.example", 2), [release, audit, .. ByAnotherLog(audit)]), "a log that does not count");
    }

    [TestMethod]
    public void AuditBeforeTheCutoff_WeighsWhatItWeighed()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var rules = Rules with { Revoked = Rules.Revoked.Add(Auditor.Hex(), new RevokedKey { Reason = "retired", At = Now, Cutoff = new LogCutoff(Origin, 2) }) };
        byte[][] lines = [release, review, .. Logged(release, review)];

        Assert.AreEqual(Of(lines).Positive, Report(rules, TrustDecision.Allowlisted, lines).Positive);
        Assert.AreEqual(ChainGrade.Sound, Report(rules, TrustDecision.Allowlisted, lines).Grade);
        Assert.AreEqual(0, Report(rules, TrustDecision.Allowlisted, release, review).Positive);
    }

    [TestMethod]
    public void AuditorWhoRetired_StillBarsThePayload_ThatStaysValid()
    {
        var release = _scene.Release();
        var rules = Rules with { Revoked = Rules.Revoked.Add(Second.Hex(), new RevokedKey { Reason = "retired", At = Now, ValidPayloads = [Skill.Artifact.Payload] }) };

        Assert.IsTrue(Report(rules, TrustDecision.Allowlisted, release, _scene.Violation(Id(release))).IsMalicious);
        Assert.AreEqual(700, Report(rules, TrustDecision.Allowlisted, release, _scene.Review(Id(release), Second)).Positive);
    }

    [TestMethod]
    public void PublisherThatNamesItsAccusersKeyAsItsOwn_SilencesNobody()
    {
        var release = _scene.Release();
        var violation = _scene.Violation(Id(release));
        var rules = Rules with { Successors = [Author.Hex(), Second.Hex()] };

        Assert.IsTrue(Report(rules, TrustDecision.Pinned, release, violation).IsMalicious);
        var vouched = Vouched(_scene.VouchForKey(Voucher, Stranger)) with { Successors = [Author.Hex(), Stranger.Hex(), Voucher.Hex()] };
        Assert.IsTrue(Report(vouched, TrustDecision.Pinned, release, _scene.Violation(Id(release), Stranger)).IsMalicious, "nor the one who was vouched for, nor who vouched");
        Assert.AreEqual(0, Report(rules, TrustDecision.Pinned, release, _scene.Review(Id(release), Second)).Positive, "praise of a key that it says is its own is its own");
    }
}
