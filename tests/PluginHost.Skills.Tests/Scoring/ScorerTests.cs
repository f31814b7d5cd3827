using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Tests.Scoring;

[TestClass]
public sealed class ScorerTests
{
    private static readonly ChainReport Plain = new() { Grade = ChainGrade.Weak };

    /// <summary>A package as Palyra makes it, met for the first time, with a clean scan.</summary>
    private static readonly ScoreInput Minimal = new() { Identity = IdentityKind.NewlyPinned, Chain = Plain, HasSbom = true, Scan = new ScanSummary(0, 0, 0, 40, 40) };

    [TestMethod]
    public void MinimalPackage_Scores18() => Assert.AreEqual(18, Scorer.Score(Minimal).Value);

    [TestMethod]
    public void StatementAndBoundCleanBill_Score30() =>
        Assert.AreEqual(30, Scorer.Score(Minimal with { HasStatement = true, IsSbomBound = true, HasFreshFeed = true }).Value);

    [TestMethod]
    public void ListedPublisherWithAReviewOnRecord_Scores65() => Assert.AreEqual(65, Scorer.Score(Minimal with
    {
        Identity = IdentityKind.Allowlisted,
        PublisherSignedProvenance = true,
        HasStatement = true,
        IsSbomBound = true,
        HasFreshFeed = true,
        Chain = Plain with { Grade = ChainGrade.Fair, Positive = 700, Transparency = 500 },
    }).Value);

    [TestMethod]
    public void SecondReviewTrustedBuilderAndWitnesses_Score91() => Assert.AreEqual(91, Scorer.Score(Minimal with
    {
        Identity = IdentityKind.Allowlisted,
        ProvenanceLevel = 3,
        HasStatement = true,
        IsSbomBound = true,
        HasFreshFeed = true,
        Chain = Plain with { Grade = ChainGrade.Sound, Positive = 1400, Transparency = 1000 },
    }).Value);

    [TestMethod]
    public void Grade_CutsTheScore()
    {
        var best = Minimal with { Identity = IdentityKind.Allowlisted, ProvenanceLevel = 3, IsSbomBound = true, HasFreshFeed = true, Chain = Plain with { Positive = 2000, Transparency = 1000 } };
        int At(ChainGrade grade) => Scorer.Score(best with { Chain = best.Chain with { Grade = grade } }).Value;

        CollectionAssert.AreEqual(new[] { 0, 40, 60, 60, 85, 100, 100 }, Enum.GetValues<ChainGrade>().Select(At).ToArray());
    }

    [TestMethod]
    public void Gates_LeaveNothing()
    {
        Assert.AreEqual(0, Scorer.Score(Minimal with { Gates = ["revoked"] }).Value);
        Assert.AreEqual(0, Scorer.Score(Minimal with { Scan = new ScanSummary(1, 0, 0, 40, 40) }).Value);
        Assert.AreEqual(0, Scorer.Score(Minimal with { Chain = Plain with { IsMalicious = true } }).Value);
        Assert.AreEqual("mawdu': twice", Scorer.Score(Minimal with { Chain = Plain with { Grade = ChainGrade.Fabricated, Fabricated = "twice" } }).Gates.Single());
    }

    [TestMethod]
    public void RulesThatWereNotRun_CostTheirShare()
    {
        int Of(ScanSummary? scan) => Scorer.Score(Minimal with { Scan = scan }).Components.Single(component => component.Name == "scan").Value;

        Assert.AreEqual((1000, 500, 600, 850, 100, 0), (Of(new(0, 0, 0, 40, 40)), Of(new(0, 0, 0, 20, 40)), Of(new(0, 1, 0, 4, 4)), Of(new(0, 0, 1, 4, 4)), Of(new(0, 9, 9, 4, 4)), Of(null)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void BuilderOfLevel1_IsWorthTheSame_WhateverThePackageSaysBesides(bool hasStatement) =>
        Assert.AreEqual(600, Scorer.Score(Minimal with { ProvenanceLevel = 1, HasStatement = hasStatement }).Components.Single(component => component.Name == "provenance").Value);

    [TestMethod]
    public void Components_SumToTheScore()
    {
        var score = Scorer.Score(Minimal with { DaysPinned = 37, Identity = IdentityKind.Pinned, Chain = Plain with { Grade = ChainGrade.Fair, Positive = 333, Negative = 21 } });

        Assert.AreEqual(100, score.Components.Sum(component => component.Weight));
        Assert.AreEqual(score.Value, score.Components.Sum(component => component.Weight * component.Value) / 1000);
        Assert.AreEqual(411, score.Components[0].Value);
    }
}
