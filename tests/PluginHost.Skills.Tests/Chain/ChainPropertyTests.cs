using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>What must be so of every chain, whatever links are added to it, taken from it, or put in another order.</summary>
[TestClass]
public sealed class ChainPropertyTests
{
    private static readonly byte[][] Good;
    private static readonly byte[][] Bad;

    static ChainPropertyTests()
    {
        var scene = new ChainScene();
        var release = scene.Release();
        var build = scene.Build(Id(release));
        byte[][] audits = [scene.Audit(Id(release)), scene.Audit(Id(build), Second), scene.Review(Id(release), Third), scene.Review(Id(build))];
        Good = [release, build, .. audits, scene.VouchForSkill(Id(audits[0])), scene.Audit(Id(release), Stranger), scene.Release(Stranger), .. Logged([release, build, .. audits])];
        Bad = [scene.Violation(Id(release), severity: "low"), scene.Violation(Id(build), Auditor, "high"), scene.Audit(Id(release), Third, "FAILED"), scene.Violation(Id(release), Stranger)];
    }

    private static (ChainGrade Grade, int Score) Of(IEnumerable<byte[]> lines)
    {
        var report = Report(null, TrustDecision.Allowlisted, [.. lines]);
        return (report.Grade, Scorer.Score(new ScoreInput { Identity = IdentityKind.Allowlisted, Chain = report }).Value);
    }

    private static Gen<byte[][]> Some(byte[][] lines) => Gen.Choose(0, (1 << lines.Length) - 1).Select(mask => lines.Where((_, i) => (mask >> i & 1) == 1).ToArray());

    private static void For<T>(Gen<T> cases, Func<T, bool> holds) => Prop.ForAll(cases.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [TestMethod]
    public void OneMoreGoodLine_NeverLowersGradeOrScore() => For(Gen.Zip(Some(Good), Gen.Elements(Good)), scene =>
    {
        var (before, after) = (Of(scene.Item1), Of([.. scene.Item1, scene.Item2]));
        return after.Grade >= before.Grade && after.Score >= before.Score;
    });

    [TestMethod]
    public void OneLineLess_NeverRaisesThem() => For(Gen.Zip(Some(Good), Gen.Choose(0, Good.Length - 1)), scene =>
    {
        var (before, after) = (Of(scene.Item1), Of(scene.Item1.Where((_, i) => i != scene.Item2)));
        return after.Grade <= before.Grade && after.Score <= before.Score;
    });

    [TestMethod]
    public void OrderAndCopies_ChangeNothing() => For(Some([.. Good, .. Bad]), lines => Of(lines) == Of([.. lines.Reverse(), .. lines]));

    [TestMethod]
    public void TrustedBadWord_NeverRaisesThem() => For(Gen.Zip(Some(Good), Gen.Elements(Bad)), scene =>
    {
        var (before, after) = (Of(scene.Item1), Of([.. scene.Item1, scene.Item2]));
        return after.Grade <= before.Grade && after.Score <= before.Score;
    });

    [TestMethod]
    public void Time_RaisesNothing() => For(Gen.Zip(Some([.. Good, .. Bad]), Gen.Choose(0, 1000)), scene =>
    {
        ChainReport At(int days) => Report(Rules with { Now = Now.AddDays(days) }, TrustDecision.Allowlisted, scene.Item1);
        var (now, later) = (At(0), At(scene.Item2));
        return later.Grade <= now.Grade && later.Positive <= now.Positive && later.Negative >= now.Negative && later.Transparency <= now.Transparency;
    });

    [TestMethod]
    public void StrangersBadWord_ChangesNothing() => For(Gen.Zip(Some([.. Good, .. Bad]), Gen.Elements("malicious", "high", "medium", "low")), scene =>
        Of(scene.Item1) == Of([.. scene.Item1, new ChainScene().Violation(Id(Good[0]), Stranger, scene.Item2)]));

    [TestMethod]
    public void KeysThatThePublisherNames_TakeNothingFromWhatSpeaksAgainstIt() => For(Gen.Zip(Some([.. Good, .. Bad]), Gen.Choose(0, 15)), scene =>
    {
        var named = new[] { Auditor, Second, Third, Stranger }.Where((_, i) => (scene.Item2 >> i & 1) == 1).Select(key => key.Hex()).ToImmutableHashSet(StringComparer.Ordinal);
        var (before, after) = (Report(null, TrustDecision.Pinned, scene.Item1), Report(Rules with { Successors = named }, TrustDecision.Pinned, scene.Item1));
        return after.Negative >= before.Negative && after.Positive <= before.Positive && after.Grade <= before.Grade && (after.IsMalicious || !before.IsMalicious);
    });

    [TestMethod]
    public void PublishersOwnAuditsAndVouches_ChangeNothing() => For(Gen.Zip(Some([.. Good, .. Bad]), Gen.Elements("auditor", "voucher", "publisher:acme")), scene =>
    {
        var own = new ChainScene();
        var vouches = TrustBundle.Read(Bundle(own.VouchForKey(Author, Stranger, scope: [scene.Item2]), own.VouchForKey(Author, Author == Stranger ? Second : Stranger, scope: ["auditor", "voucher"])));
        var before = Report(null, TrustDecision.Allowlisted, scene.Item1);
        var after = Report(Rules with { Vouches = vouches }, TrustDecision.Allowlisted, [.. scene.Item1, own.Audit(Id(Good[0]), Author), own.Review(Id(Good[0]), Author)]);
        return (after.Grade, after.Positive, after.Negative) == (before.Grade, before.Positive, before.Negative);
    });

    [TestMethod]
    public void Distrust_TakesGoodWordsAlone() => For(Gen.Zip(Some([.. Good, .. Bad]), Gen.Elements(Auditor, Second, Third, Voucher)), scene =>
    {
        var (before, after) = (Report(null, TrustDecision.Allowlisted, scene.Item1), Report(Rules with { Distrusted = [scene.Item2.Hex()] }, TrustDecision.Allowlisted, scene.Item1));
        return after.Negative == before.Negative && after.IsMalicious == before.IsMalicious && after.Positive <= before.Positive && after.Grade <= before.Grade;
    });

    [TestMethod]
    public void LinesThatAreMutated_LowerNothing() => For(Gen.Zip(Gen.Elements(Good), Gen.Zip(Gen.Choose(0, 5_000), Gen.Choose(1, 255))), scene =>
    {
        var mutant = scene.Item1.ToArray();
        mutant[scene.Item2.Item1 % mutant.Length] ^= (byte)scene.Item2.Item2;
        return Of([mutant, .. Good]) is var after && after.Grade >= Of(Good).Grade && after.Score >= Of(Good).Score;
    });
}
