using System.Text;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

[TestClass]
public sealed class ChainInspectionTests
{
    private readonly ChainScene _scene = new();

    private static string? Rule(ChainReport report, byte[] link) => report.Links.Single(judged => judged.Link.Id == Id(link)).Rule;

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    private static ChainRules Vouched(params byte[][] vouches) => Rules with { Vouches = TrustBundle.Read(Bundle(vouches)) };

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
    public void LogThatTellsAnotherOrder_IsNoRecord_AndIsTold()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var report = Of([release, review, .. Logged(review, release)]);

        Assert.AreEqual(ChainGrade.Fair, report.Grade);
        StringAssert.Contains(report.Warnings.Single(), "V9");
        Assert.AreEqual(ChainGrade.Sound, Of([release, review, .. Logged(release, review)]).Grade);
    }

    [TestMethod]
    public void ProofThatCameLate_TakesNothingFromThoseThatWereThere()
    {
        var (release, second) = (_scene.Release(), _scene.Release());
        var review = _scene.Review(Id(release));
        var report = Of([release, second, review, .. Logged(release, review), .. Logged(release, review, second)]);

        Assert.AreEqual((ChainGrade.Sound, 0), (report.Grade, report.Warnings.Length));
    }

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
    public void FloodOfThePublisher_HidesNeitherAuditsNorViolations()
    {
        var release = _scene.Release();
        var flood = Enumerable.Range(0, 300).Select(_ => _scene.Release()).ToArray();
        var (audit, violation) = (_scene.Audit(Id(release)), _scene.Violation(Id(release), severity: "low"));

        Assert.AreEqual(ChainGrade.Fair, Of([.. flood, release, audit]).Grade);
        Assert.AreEqual(ChainGrade.Contradicted, Of([.. flood, release, audit, violation]).Grade);
    }

    [TestMethod]
    public void FloodOfAVouchedAuditor_HidesNobodyElse()
    {
        var release = _scene.Release();
        var flood = Enumerable.Range(0, 300).Select(_ => _scene.Audit(Id(release), Stranger)).ToArray();
        var rules = Vouched(_scene.VouchForKey(Voucher, Stranger, "low"));
        var report = Report(rules, TrustDecision.Allowlisted, [.. flood, release, _scene.Review(Id(release))]);

        Assert.AreEqual(950, report.Positive);
        Assert.AreEqual(46, report.Unread.Length, "what was left out is told");
    }

    [TestMethod]
    public void FloodOfManyVouchedAuditors_CoversNothingOfTheOperatorsOwn()
    {
        var release = _scene.Release();
        var keys = Enumerable.Range(0, 300).Select(i => SigningKey.Read([(byte)i, (byte)(i >> 8), .. Enumerable.Repeat((byte)77, 30)], () => null)).ToList();
        var rules = Vouched([.. keys.Select(key => _scene.VouchForKey(Voucher, key, "low"))]);
        var against = keys.Select(key => _scene.Violation(Id(release), key, severity: "low")).ToArray();
        var warned = keys.Select(key => _scene.Audit(Id(release), key, "WARNED")).ToArray();

        var malicious = Report(rules, TrustDecision.Allowlisted, [.. against, release, _scene.Violation(Id(release))]);
        Assert.IsTrue(malicious.IsMalicious, "nor by ever so many others");
        Assert.IsTrue(Report(rules, TrustDecision.Allowlisted, [.. warned, release, _scene.Review(Id(release))]).Positive >= 700);
    }

    [TestMethod]
    public void LinesThatClaimToBeOfANarrator_UseNothingUp()
    {
        var release = _scene.Release();
        var payload = Convert.ToBase64String(DsseEnvelope.Read(_scene.Violation(Id(release))).Payload);
        byte[][] Claims(string signature, int count) => [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"{{\"payloadType\":\"{InTotoStatement.PayloadType}\",\"payload\":\"{payload}\",\"n\":{i},\"signatures\":[{string.Join(',', Enumerable.Repeat($"{{\"sig\":\"{signature}\"}}", 3))}]}}"))];

        Assert.AreEqual(ChainGrade.Fair, Of([release, _scene.Review(Id(release)), .. Claims("", 1_600)]).Grade);
        Assert.AreEqual(ChainGrade.Fair, Of([release, _scene.Review(Id(release)), .. Claims(Convert.ToBase64String(new byte[64]), 1_600)]).Grade);
    }

    [TestMethod]
    public void LinksOfAnAuditorForOtherSkills_HideNothing()
    {
        var release = _scene.Release();
        var elsewhere = Enumerable.Range(0, 300).Select(_ => _scene.Sign(Auditor, LinkKind.Violation, [Id(release)], json =>
        {
            json.WriteString("severity", "malicious");
            json.WriteString("reason", "another one");
        }, Other)).ToArray();

        Assert.AreEqual(ChainGrade.Fair, Of([.. elsewhere, release, _scene.Review(Id(release))]).Grade);
    }

    [TestMethod]
    public void EnvelopesFullOfSignatures_CostABoundedAmount_AndHideNoHonestOne()
    {
        var release = _scene.Release();
        var payload = DsseEnvelope.Read(_scene.Review(Id(release), Auditor, at: Now.AddDays(-3))).Payload;

        // The same words with signatures that differ: none of them is the narrator's.
        var signatures = string.Join(',', Enumerable.Repeat($"{{\"sig\":\"{Convert.ToBase64String(Enumerable.Repeat((byte)0xFF, 64).ToArray())}\"}}", 32));
        var flood = Enumerable.Range(0, 200).Select(i => Encoding.UTF8.GetBytes($"{{\"payloadType\":\"{InTotoStatement.PayloadType}\",\"payload\":\"{Convert.ToBase64String(payload)}\",\"n\":{i},\"signatures\":[{signatures}]}}")).ToArray();
        var report = Of([.. flood, release, _scene.Review(Id(release))]);

        Assert.AreEqual(ChainGrade.Fair, report.Grade);
        Assert.IsTrue(report.Unread.Any(link => link.Rule == "V2"));
    }

    [TestMethod]
    public void LinesBeforeHonestOnes_PushNothingOut()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var proofs = Logged(release, review);
        var junk = Enumerable.Range(0, 900).Select(i => Encoding.UTF8.GetBytes($"{{\"tlogProof\":\"AAAA\",\"link\":\"{i}\"}}")).ToArray();
        var stranger = _scene.Audit(new string('f', 64), Stranger);
        var strangers = Enumerable.Repeat(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Logged(stranger)[0]).Replace(Id(stranger), "", StringComparison.Ordinal)), 40).ToArray();

        Assert.AreEqual(ChainGrade.Sound, Of([.. junk, .. Enumerable.Repeat("{}"u8.ToArray(), 900), release, review, .. proofs]).Grade);
        Assert.AreEqual(ChainGrade.Sound, Of([.. strangers, release, review, .. proofs]).Grade, "proofs that name no link are tried, not many");
    }

    [TestMethod]
    public void ForkOfALogOnWhichNothingStands_IsToldAndBarsNothing()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var stranger = _scene.Audit(new string('c', 64), Stranger);
        var report = Of([release, audit, stranger, .. Logged(stranger), .. Logged(stranger, _scene.Audit(new string('c', 64), Stranger))[..1], .. Fork(stranger)]);

        Assert.AreEqual((ChainGrade.Fair, false), (report.Grade, report.IsForked));
        StringAssert.Contains(report.Warnings.Single(), "signed two trees");
    }

    [TestMethod]
    public void VouchForAPublisher_CountsFromVouchersAlone()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        ChainGrade By(SigningKey from) => Report(Vouched(_scene.VouchForKey(from, Author, scope: ["publisher:acme"])), TrustDecision.NewlyPinned, release, audit).Grade;

        Assert.AreEqual(ChainGrade.Fair, By(Voucher));
        Assert.AreEqual(ChainGrade.Weak, By(Auditor), "an auditor answers for no publisher");
        Assert.AreEqual(ChainGrade.Weak, By(Stranger));
    }

    [TestMethod]
    public void VouchesForDifferentRoles_AreNotMixed()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release), Stranger);
        var rules = Vouched(_scene.VouchForKey(Voucher, Stranger, "low"), _scene.VouchForKey(Voucher, Stranger, scope: ["publisher:other", "builder"]));

        Assert.AreEqual(250, Report(rules, TrustDecision.Allowlisted, release, review).Positive);

        // Who is vouched for as an auditor with all that there is, and as a voucher with little, hands on little.
        var handed = Vouched(_scene.VouchForKey(Voucher, Keys.Of(70)), _scene.VouchForKey(Voucher, Keys.Of(70), "low", ["voucher"]), _scene.VouchForKey(Keys.Of(70), Stranger));
        Assert.AreEqual(250, Report(handed, TrustDecision.Allowlisted, release, review).Positive);
    }

    [TestMethod]
    public void AuditorsOfOneVoucher_AreNotIndependent_UnlessItIsTheOperators()
    {
        var release = _scene.Release();
        var invented = new[] { Keys.Of(71), Keys.Of(72), Keys.Of(73) };
        byte[][] reviews = [.. invented.Select(key => _scene.Review(Id(release), key))];
        ChainReport By(SigningKey voucher, params byte[][] more) => Report(Vouched([.. invented.Select(key => _scene.VouchForKey(voucher, key)), .. more]), TrustDecision.Allowlisted, [release, .. reviews, .. Logged([release, .. reviews])]);
        var (captured, own) = (By(Stranger, _scene.VouchForKey(Voucher, Stranger, scope: ["voucher"])), By(Voucher));

        Assert.AreEqual((3, 1, ChainGrade.Sound), (captured.Auditors.Count, captured.IndependentAuditors, captured.Grade));
        Assert.AreEqual((3, 3, ChainGrade.Mass), (own.Auditors.Count, own.IndependentAuditors, own.Grade));
    }

    [TestMethod]
    public void VouchThatEnded_IsIgnored()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var vouch = _scene.VouchForSkill(Id(audit), Now.AddDays(-1));

        Assert.AreEqual("V9", Rule(Of(release, audit, vouch), vouch));
    }

    [TestMethod]
    public void UnknownAuditor_CountsOnceSomebodyVouchesForItAsOne()
    {
        var release = _scene.Release();
        var audit = _scene.Review(Id(release), Stranger);

        Assert.AreEqual("V7", Rule(Of(release, audit), audit));
        Assert.AreEqual(ChainGrade.Fair, Report(Vouched(_scene.VouchForKey(Voucher, Stranger)), TrustDecision.Allowlisted, release, audit).Grade);
        Assert.AreEqual("V7", Rule(Report(Vouched(_scene.VouchForKey(Voucher, Stranger, scope: ["voucher"])), TrustDecision.Allowlisted, release, audit), audit));
        Assert.AreEqual("V7", Rule(Report(Vouched(_scene.VouchForKey(Auditor, Stranger)), TrustDecision.Allowlisted, release, audit), audit), "an auditor is no voucher");
        Assert.AreEqual("V7", Rule(Report(Vouched(_scene.VouchForKey(Voucher, Stranger, expires: Now.AddDays(-1))), TrustDecision.Allowlisted, release, audit), audit));
        Assert.AreEqual("V7", Rule(Report(Vouched(_scene.VouchForKey(Stranger, Stranger)), TrustDecision.Allowlisted, release, audit), audit));
    }

    [TestMethod]
    public void TrustThatFlows_IsBoundedByTheVouch()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release), Stranger);

        Assert.AreEqual(250, Report(Vouched(_scene.VouchForKey(Voucher, Stranger, "low")), TrustDecision.Allowlisted, release, review).Positive);
        Assert.AreEqual(500, Report(Vouched(_scene.VouchForKey(Voucher, Stranger, "medium")), TrustDecision.Allowlisted, release, review).Positive);
        Assert.AreEqual(700, Report(Vouched(_scene.VouchForKey(Voucher, Stranger)), TrustDecision.Allowlisted, release, review).Positive);
    }

    [TestMethod]
    public void PublisherWhoVouchesForItsAuditor_GainsNothing()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release), Stranger);
        var rules = Vouched(_scene.VouchForKey(Voucher, Author, scope: ["voucher", "auditor"]), _scene.VouchForKey(Author, Stranger));

        Assert.AreEqual((0, "V7"), (Report(rules, TrustDecision.Allowlisted, release, review) is var report ? report.Positive : -1, Rule(report, review)));
        Assert.AreEqual(0, Report(rules, TrustDecision.Allowlisted, release, _scene.Review(Id(release), Author)).Positive);
    }

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

    [TestMethod]
    public void AuthorWhoIsVouchedFor_IsBelievedAsAnybodyAtItsDistance()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var (one, two, three) = (Keys.Of(71), Keys.Of(72), Keys.Of(73));
        NarratorClass Standing(params byte[][] vouches) => Report(Vouched(vouches), TrustDecision.NewlyPinned, release, audit).Links.Single(link => link.Link.Kind == LinkKind.Authorship).Narrator;
        byte[] Of(SigningKey from, SigningKey to, string level = "high") => _scene.VouchForKey(from, to, level, ["voucher"]);
        byte[] ForAuthor(SigningKey from, string level = "high") => _scene.VouchForKey(from, Author, level, ["publisher:acme"]);

        Assert.AreEqual(NarratorClass.Unknown, Standing());
        Assert.AreEqual(NarratorClass.Trustworthy, Standing(ForAuthor(Voucher)));
        Assert.AreEqual(NarratorClass.Honest, Standing(ForAuthor(Voucher, "low")));
        Assert.AreEqual(NarratorClass.Trustworthy, Standing(Of(Voucher, one), ForAuthor(one)), "two steps away 500 can go through");
        Assert.AreEqual(NarratorClass.Honest, Standing(Of(Voucher, one), Of(one, two), ForAuthor(two)), "three steps away 250");
        Assert.AreEqual(NarratorClass.Trustworthy, Standing(Of(Voucher, one), Of(Voucher, two), ForAuthor(one, "low"), ForAuthor(two, "low")), "what two give adds up");
        Assert.AreEqual(NarratorClass.Unknown, Standing(Of(Voucher, one), _scene.VouchForKey(one, Author, "high", ["publisher:other"])));
        Assert.AreEqual(NarratorClass.Unknown, Standing(_scene.VouchForKey(three, Author, "high", ["publisher:acme"])));
        Assert.AreEqual(NarratorClass.Unknown, Standing(_scene.VouchForKey(Voucher, Author, "high", ["voucher"]), ForAuthor(three)), "it does not vouch for itself");
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
    public void ReleaseInALog_IsThatOfTheKeyThatSignedThePackage()
    {
        var release = _scene.Release();
        static LoggedLink[] Places(params byte[][] lines) => [.. LoggedRelease.PlacesOf(Skill, Bundle(lines), Rules)];

        Assert.AreEqual(new LoggedLink(Origin, 1, true, true), Places([release, .. Logged(_scene.Release(Stranger), release)]).Single());
        Assert.IsEmpty(Places(release));
        Assert.IsEmpty(Places([release, .. Unwitnessed(release)]));
        Assert.IsEmpty(Places([release, .. ByAnotherLog(release)]));
        Assert.IsEmpty(Places([release, .. Logged(release), .. Fork(release), .. Logged(_scene.Release(), release)]), "a log with two trees has no order");
        var strangers = _scene.Release(Stranger);
        Assert.IsEmpty(Places([strangers, .. Logged(strangers)]));
        var others = _scene.Release(skill: Other);
        Assert.IsEmpty(Places([others, .. Logged(others)]));
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

    [TestMethod]
    public void LogThatShowsTwoTrees_IsAFork()
    {
        var (release, second) = (_scene.Release(), _scene.Audit(new string('c', 64)));
        var report = Of([release, .. Logged(release, second)[..1], .. Fork(release)]);

        Assert.AreEqual((ChainGrade.Fabricated, true, 2), (report.Grade, report.IsForked, report.Proof.Length));
    }

    [TestMethod]
    public void LogThatWasSeenToFork_OrShowedAnotherTreeBefore_IsNotBelieved()
    {
        var release = _scene.Release();
        var note = LinkProof.Read(Logged(_scene.Audit(new string('c', 64)))[0])!.Proof.Note;
        var larger = LinkProof.Read(Logged(_scene.Audit(new string('c', 64)), release)[0])!.Proof.Note;

        Assert.IsTrue(Report(Rules with { Memory = new Memory(true) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
        Assert.IsTrue(Report(Rules with { Memory = new Memory(false, note) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
        Assert.IsFalse(Report(Rules with { Memory = new Memory(false, larger) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
    }

    [TestMethod]
    public void ProofForAnotherLink_ProvesNothing()
    {
        var (release, review) = (_scene.Release(), _scene.Review(new string('d', 64)));
        var proof = Encoding.UTF8.GetString(Logged(release)[0]).Replace(Id(release), Id(review), StringComparison.Ordinal);

        Assert.AreEqual(0, Of(release, review, Encoding.UTF8.GetBytes(proof)).Transparency);
    }

    [TestMethod]
    [DataRow("\"v\":1", "\"v\":2")]
    [DataRow("\"role\":\"auditor\"", "\"role\":\"author\"")]
    [DataRow("\"narrator\":\"ed25519:", "\"narrator\":\"ed25518:")]
    [DataRow("\"seq\":", "\"seq\":-")]
    [DataRow("\"seq\":", "\"seq\":1.5,\"more\":")]
    [DataRow("Z\",\"seq\"", "\",\"seq\"")]
    [DataRow("\"issuedAt\":\"2026", "\"issuedAt\":\"0001")]
    [DataRow("\"prev\":[\"", "\"prev\":[\"\\ud800")]
    [DataRow("REVIEWED_SOURCE", "LIKED_SOURCE")]
    [DataRow("\"prev\":[\"", "\"prev\":[\"0")]
    public void MalformedLinks_AreToldAndLowerNothing(string from, string to)
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var text = Encoding.UTF8.GetString(DsseEnvelope.Read(_scene.Review(Id(release))).Payload);
        Assert.AreNotEqual(text, text.Replace(from, to, StringComparison.Ordinal));
        var broken = DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), Auditor);
        var report = Of(release, review, broken);

        Assert.AreEqual((ChainGrade.Fair, 1), (report.Grade, report.Unread.Length + report.Malformed));
    }

    [TestMethod]
    public void HalfOfACharacter_InAFieldThatNobodyReads_IsNoStatement()
    {
        var release = _scene.Release();
        var text = Encoding.UTF8.GetString(DsseEnvelope.Read(_scene.Review(Id(release))).Payload);
        ChainReport With(string field) => Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.UTF8.GetBytes(text.Replace("\"predicate\":{", "\"predicate\":{" + field, StringComparison.Ordinal)), Auditor));

        Assert.AreEqual((ChainGrade.Fair, 0), With(@"""note"":[{""a"":""\ud83d\ude00""}],") is var good ? (good.Grade, good.Malformed) : default);
        Assert.AreEqual((ChainGrade.Weak, 1), With(@"""note"":[{""a"":""\ud83d""}],") is var bad ? (bad.Grade, bad.Malformed) : default);
        Assert.AreEqual((ChainGrade.Weak, 1), With(@"""note"":[{""\ud83d"":1}],") is var name ? (name.Grade, name.Malformed) : default);
    }

    [TestMethod]
    public void MarkBeforeTheFirstLine_HidesNothing()
    {
        var release = _scene.Release();

        Assert.AreEqual((ChainGrade.Fair, 0), Of([.. "\uFEFF"u8, .. release], _scene.Review(Id(release))) is var report ? (report.Grade, report.Malformed) : default);
    }

    [TestMethod]
    [DataRow("nothing")]
    [DataRow("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[]}")]
    [DataRow("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[{\"sig\":\"AAAA\"}]}")]
    public void Lines_ThatAreNoStatements_AreCounted(string line)
    {
        var release = _scene.Release();
        var report = Of(release, _scene.Review(Id(release)), Encoding.UTF8.GetBytes(line + "\n"));

        Assert.AreEqual((ChainGrade.Fair, 0, 1), (report.Grade, report.Unread.Length, report.Malformed));
    }

    [TestMethod]
    public void Statement_ThatIsNotUtf8_IsNone()
    {
        var release = _scene.Release();
        var review = DsseEnvelope.Read(_scene.Review(Id(release)));
        var text = Encoding.UTF8.GetString(review.Payload).Replace("\"properties\":", "\"note\":\"\u00FF\",\"properties\":", StringComparison.Ordinal);

        Assert.AreEqual(1, Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.Latin1.GetBytes(text), Auditor)).Malformed);
        Assert.AreEqual(0, Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.UTF8.GetBytes(text), Auditor)).Malformed);
    }

    private sealed class Memory(bool isForked, params Note[] seen) : ILogMemory
    {
        public bool IsForked(string origin) => isForked;

        public IReadOnlyList<Note> SeenOf(string origin) => seen;

        public void Remember(Note note) => throw new NotSupportedException("whoever judges a chain does not decide to load it");
    }
}
