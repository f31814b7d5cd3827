using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>Whose word for others counts, and how much.</summary>
[TestClass]
public sealed class ChainVouchTests
{
    private readonly ChainScene _scene = new();

    private static string? Rule(ChainReport report, byte[] link) => report.Links.Single(judged => judged.Link.Id == Id(link)).Rule;

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    private static ChainRules Vouched(params byte[][] vouches) => Rules with { Vouches = TrustBundle.Read(Bundle(vouches)) };

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
}
