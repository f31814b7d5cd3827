using System.Text;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>No number of links covers what counts.</summary>
[TestClass]
public sealed class ChainFloodTests
{
    private readonly ChainScene _scene = new();

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    private static ChainRules Vouched(params byte[][] vouches) => Rules with { Vouches = TrustBundle.Read(Bundle(vouches)) };

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
}
