using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Tests.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

[TestClass]
public sealed class TrustBundleTests
{
    private static readonly SigningKey[] People = [.. Enumerable.Range(100, 12).Select(i => Keys.Of((byte)i))];
    private readonly ChainScene _scene = new();

    private static (IReadOnlyList<KeyVouch> Vouches, int Rejected) Towards(TrustBundle bundle, SigningKey to) => bundle.Towards([to.Hex()], [Voucher.Hex()]);

    private static byte[] Rewritten(byte[] line, Func<string, string>? payload = null, Func<string, string>? envelope = null)
    {
        var read = DsseEnvelope.Read(line);
        var signed = DsseEnvelope.Sign(read.PayloadType, Encoding.UTF8.GetBytes((payload ?? (text => text))(Encoding.UTF8.GetString(read.Payload))), Voucher);
        return Encoding.UTF8.GetBytes((envelope ?? (text => text))(Encoding.UTF8.GetString(signed)));
    }

    [TestMethod]
    public void VouchesThatLeadToAKey_AreAllThatItsFlowDependsOn()
    {
        var scenes = Gen.Zip(Gen.Choose(0, People.Length - 1), Gen.Choose(0, People.Length - 1)).ArrayOf(24);
        Prop.ForAll(Gen.Zip(scenes, Gen.Choose(1, 5)).ToArbitrary(), drawn =>
        {
            var scene = new ChainScene();
            var lines = drawn.Item1.Where(edge => edge.Item1 != edge.Item2).Select((edge, i) =>
                scene.VouchForKey(People[edge.Item1], People[edge.Item2], i % 3 == 0 ? "low" : "high", i % drawn.Item2 == 0 ? ["auditor"] : ["auditor", "voucher"])).ToArray();
            var bundle = TrustBundle.Read(Bundle(lines));
            var all = lines.Select(Read).ToList();
            (string, bool)[] seeds = [(People[0].Hex(), true), (People[1].Hex(), true)];
            return People.All(person =>
            {
                var (some, rejected) = bundle.Towards([person.Hex()], seeds.Select(seed => seed.Item1));
                return rejected == 0 && new VouchGraph(seeds, some).FlowTo(person.Hex(), "auditor") == new VouchGraph(seeds, all).FlowTo(person.Hex(), "auditor")
                    && new VouchGraph(seeds, some).IsVouchedAs(person.Hex(), "voucher") == new VouchGraph(seeds, all).IsVouchedAs(person.Hex(), "voucher");
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

        static KeyVouch Read(byte[] line)
        {
            var envelope = DsseEnvelope.Read(line);
            var link = ChainLinkReader.Read(envelope, InTotoStatement.Read(envelope.Payload));
            return new KeyVouch(link.Narrator, link.Vouch!.Key!, link.Vouch.Capacity, link.Vouch.Scope, link.IssuedAt, link.Vouch.Expires);
        }
    }

    [TestMethod]
    public void ReadingOfVouches_EndsWhenItsTimeIsOver()
    {
        var release = _scene.Release();
        var lines = new[] { release, _scene.Review(Id(release), Stranger) };
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger))), Stop = new CancellationToken(canceled: true) };

        Assert.ThrowsExactly<OperationCanceledException>(() => Report(rules, Skills.Trust.TrustDecision.Allowlisted, lines));
    }

    [TestMethod]
    public void LinesThatAreNoVouches_AreTold()
    {
        var release = _scene.Release();
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger), release)) };

        Assert.IsTrue(Report(rules, Skills.Trust.TrustDecision.Allowlisted, [release]).Warnings.Contains("1 line of the bundle of vouches is no vouch for a key"));
    }

    [TestMethod]
    public void VouchOfAnyForm_Counts()
    {
        var vouch = _scene.VouchForKey(Voucher, Stranger);
        foreach (var line in new[]
        {
            vouch,
            Rewritten(vouch, text => text.Replace("ed25519:", @"ed2551\u0039:", StringComparison.Ordinal)),
            Rewritten(vouch, text => text.Replace("\":", "\" :\t", StringComparison.Ordinal)),
            Rewritten(vouch, text => text.Replace("\"level\"", $"\"also\":\"{ChainLinkReader.Text(Auditor.Hex())}\",\"level\"", StringComparison.Ordinal)),
            Rewritten(vouch, text => text.Replace("\"level\"", $"\"note\":{{\"key\":\"{ChainLinkReader.Text(Auditor.Hex())}\"}},\"level\"", StringComparison.Ordinal)),
            Rewritten(vouch, envelope: text => text.Replace('/', '_').Replace("application_", "application/", StringComparison.Ordinal)),
            Rewritten(vouch, envelope: text => text.Replace("/", @"\/", StringComparison.Ordinal)),
            Rewritten(vouch, text => text.Replace("\"level\"", @"""url"":""https:\/\/a.example"",""level""", StringComparison.Ordinal)),
            [(byte)'\r', .. vouch],
            Rewritten(vouch, envelope: text => " " + text.Replace("{\"payloadType\"", "{\"more\":[{\"payload\":1}],\"payloadType\"", StringComparison.Ordinal)),
        })
        {
            var bundle = TrustBundle.Read(Bundle(line));
            Assert.AreEqual((1, 0), (Towards(bundle, Stranger).Vouches.Count, Towards(bundle, Stranger).Rejected), Encoding.UTF8.GetString(line));
            Assert.IsTrue(bundle.IsVouchedFor(Stranger.Hex()));
        }
    }

    [TestMethod]
    public void LinesOfOddForms_HoweverMany_TakeNothingFromTheOthers()
    {
        var odd = Encoding.UTF8.GetBytes($$"""{"payload":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', 60) + @"\u0041"))}}","signatures":[{"sig":""}]}""");
        var bundle = TrustBundle.Read(Bundle([.. Enumerable.Repeat(odd, 100_001), _scene.VouchForKey(Voucher, Stranger)]));

        Assert.AreEqual((1, 100_001), (Towards(bundle, Stranger).Vouches.Count, bundle.Ignored));
    }

    [TestMethod]
    public void LineThatItsVoucherDidNotSign_CountsNotAndIsTold()
    {
        var other = _scene.VouchForKey(Auditor, Stranger);
        var forged = Rewritten(other);
        var bundle = TrustBundle.Read(Bundle(Rewritten(_scene.VouchForKey(Auditor, Stranger), text => text.Replace(Auditor.Hex(), Third.Hex(), StringComparison.Ordinal)), forged));

        Assert.AreEqual((0, 0), (Towards(bundle, Stranger).Vouches.Count, Towards(bundle, Stranger).Rejected), "nobody near says anything");
        Assert.AreEqual((0, 2), bundle.Towards([Stranger.Hex()], [Auditor.Hex(), Third.Hex()]) is var found ? (found.Vouches.Count, found.Rejected) : default);
        Assert.IsFalse(bundle.IsVouchedFor(Stranger.Hex()));

        var release = _scene.Release();
        var report = Report(Rules with { Vouches = TrustBundle.Read(Bundle(forged, _scene.VouchForKey(Voucher, Stranger, expires: Now.AddDays(-1)), Rewritten(_scene.VouchForKey(Voucher, Second), text => text.Replace("medium", "some", StringComparison.Ordinal).Replace("high", "some", StringComparison.Ordinal)))) }, Skills.Trust.TrustDecision.Allowlisted, release, _scene.Audit(Id(release), Stranger), _scene.Audit(Id(release), Second));
        Assert.IsTrue(report.Warnings.Any(warning => warning.StartsWith("1 line of the bundle of vouches", StringComparison.Ordinal)), string.Join('\n', report.Warnings));
        Assert.IsTrue(report.Warnings.Any(warning => warning.StartsWith("1 vouch that would lead", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void LinesThatAreNoVouches_AreCounted()
    {
        var release = _scene.Release();
        var bundle = TrustBundle.Read(Bundle("{}"u8.ToArray(), Encoding.UTF8.GetBytes(new string('x', 200)), Encoding.UTF8.GetBytes($$"""{"payload":"{{new string('!', 200)}}"}"""), release, _scene.VouchForKey(Voucher, Stranger)));

        Assert.AreEqual(4, bundle.Ignored);
        Assert.AreEqual(1, Towards(bundle, Stranger).Vouches.Count);
    }

    [TestMethod]
    public void VouchOfAClockThatIsAhead_CountsWithinTenMinutes()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release), Stranger);
        int At(TimeSpan ahead) => Report(Rules with { Vouches = TrustBundle.Read(Bundle(Rewritten(_scene.VouchForKey(Voucher, Stranger), text => text.Replace(ChainLinkReader.Text(Now.AddDays(-1)), ChainLinkReader.Text(Now + ahead), StringComparison.Ordinal)))) }, Skills.Trust.TrustDecision.Allowlisted, release, review).Positive;

        Assert.AreEqual(700, At(TimeSpan.FromMinutes(9)));
        Assert.AreEqual(0, At(TimeSpan.FromMinutes(11)));
    }

    [TestMethod]
    public void NumberThatAVoucherUsedTwice_IsTold()
    {
        var release = _scene.Release();
        var (one, other) = (_scene.VouchForKey(Voucher, Stranger, sequence: 7), _scene.VouchForKey(Voucher, Stranger, "low", sequence: 7));
        int Told(params byte[][] vouches) => Report(Rules with { Vouches = TrustBundle.Read(Bundle(vouches)) }, Skills.Trust.TrustDecision.Allowlisted, release, _scene.Audit(Id(release), Stranger)).Warnings.Count(warning => warning.Contains("with the number 7", StringComparison.Ordinal));

        Assert.AreEqual(1, Told(one, other));
        Assert.AreEqual(0, Told(one, one));
    }

    [TestMethod]
    public void NarratorsWhoOnlyAreNamed_AreNotLookedFor()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release), Stranger);
        var rules = Rules with { Vouches = TrustBundle.Read(Bundle(_scene.VouchForKey(Voucher, Stranger, expires: Now.AddDays(-1)))) };
        var unsigned = Encoding.UTF8.GetBytes($$"""{"payloadType":"{{InTotoStatement.PayloadType}}","payload":"{{Convert.ToBase64String(DsseEnvelope.Read(review).Payload)}}","signatures":[{"sig":"{{Convert.ToBase64String(new byte[64])}}"}]}""");

        Assert.AreEqual(1, Report(rules, Skills.Trust.TrustDecision.Allowlisted, release, review).Warnings.Length, "a vouch that is over");
        Assert.AreEqual(0, Report(rules, Skills.Trust.TrustDecision.Allowlisted, release, unsigned).Warnings.Length);
    }
}
