using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Tests.Scoring;

/// <summary>What must be so of every graph of trust, whoever is in it.</summary>
[TestClass]
public sealed class TrustPropertyTests
{
    private const int Keys = 14;
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly int[] Levels = [125, 250, 500, 1000];

    /// <summary>Seeds are the first three keys: two vouchers and an auditor.</summary>
    private static readonly (string Key, bool Vouches)[] Seeds = [("k00", true), ("k01", true), ("k02", false)];

    private static Gen<KeyVouch> Edge(int from = 0, int to = Keys) => Gen.Zip(Gen.Zip(Gen.Choose(from, to - 1), Gen.Choose(from, to - 1)), Gen.Zip(Gen.Choose(0, 3), Gen.Choose(0, 2)))
        .Select(pair => Vouch($"k{pair.Item1.Item1:00}", $"k{pair.Item1.Item2:00}", Levels[pair.Item2.Item1], pair.Item2.Item2 > 0));

    private static Gen<KeyVouch[]> Edges => Edge().ArrayOf(40);

    private static Gen<(string Key, int Capacity, string For)[]> Audits => Gen.Zip(Gen.Choose(0, Keys - 1), Gen.Elements(100, 200, 400, 700, 1000)).ArrayOf(5)
        .Select(audits => audits.Select((audit, i) => ($"k{audit.Item1:00}", audit.Item2, $"link{i}")).ToArray());

    private static KeyVouch Vouch(string from, string to, int capacity, bool passesOn) =>
        new(from, to, capacity, passesOn ? ["auditor", "voucher"] : ["auditor"], Now, Now.AddDays(1));

    private static int Flow(IEnumerable<KeyVouch> edges, (string, int, string)[] audits, (string Key, bool Vouches)[]? seeds = null, params string[] without) =>
        new VouchGraph(seeds ?? Seeds, edges, without.Length == 0 ? null : without.ToImmutableHashSet(StringComparer.Ordinal)).Flow(audits).Amount;

    private static void For<T>(Gen<T> cases, Func<T, bool> holds) => Prop.ForAll(cases.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [TestMethod]
    public void Flow_DoesNotDependOnOrderOrCopies() => For(Gen.Zip(Edges, Audits), scene =>
        Flow(scene.Item1, scene.Item2) == Flow(scene.Item1.Reverse().Concat(scene.Item1), [.. scene.Item2.Reverse()]));

    [TestMethod]
    public void MoreVouchesAuditsAndSeeds_NeverLowerIt() => For(Gen.Zip(Gen.Zip(Edges, Audits), Gen.Zip(Edge(), Gen.Choose(0, Keys - 1))), scene =>
    {
        var ((edges, audits), (more, key)) = scene;
        var before = Flow(edges, audits);
        return Flow([.. edges, more], audits) >= before
            && Flow(edges, [.. audits, ($"k{key:00}", 700, "another")]) >= before
            && Flow(edges, audits, [.. Seeds, ($"k{key:00}", true)]) >= before;
    });

    [TestMethod]
    public void FewerVouchesAndAudits_NeverRaiseIt() => For(Gen.Zip(Edges, Audits), scene =>
    {
        var before = Flow(scene.Item1, scene.Item2);
        return scene.Item1.Select((_, i) => Flow(scene.Item1.Where((_, j) => j != i), scene.Item2)).All(flow => flow <= before)
            && scene.Item2.Select((_, i) => Flow(scene.Item1, [.. scene.Item2.Where((_, j) => j != i)])).All(flow => flow <= before);
    });

    [TestMethod]
    public void WhetherSoMuchReachesAKey_IsWhatFlowsToIt() => For(Gen.Zip(Edges, Gen.Elements(125, 250, 500, 1000)), scene =>
    {
        var graph = new VouchGraph(Seeds, scene.Item1);
        return Enumerable.Range(0, Keys).Select(i => $"k{i:00}").All(key => graph.IsVouchedAs(key, "auditor")
            ? graph.FlowTo(key, "auditor") > 0 && graph.FlowTo(key, "auditor") >= graph.WidthOf(key, "auditor") && graph.Reaches(key, "auditor", scene.Item2) == graph.FlowTo(key, "auditor") >= scene.Item2
            : !graph.Reaches(key, "auditor", scene.Item2));
    });

    [TestMethod]
    public void KeyInTwoRoles_CarriesWhatOneDoes()
    {
        KeyVouch[] edges = [Vouch("k00", "k05", 1000, passesOn: true), Vouch("k01", "k05", 1000, passesOn: true), Vouch("k05", "k06", 1000, passesOn: false)];

        Assert.AreEqual(1000, Flow(edges, [("k05", 1000, "its own audit")]));
        Assert.AreEqual(500, Flow(edges, [("k06", 1000, "of whom it vouches for")]));
        Assert.AreEqual(1000, Flow(edges, [("k05", 1000, "its own audit"), ("k06", 1000, "of whom it vouches for")]), "one person");
        Assert.AreEqual(1200, Flow([.. edges, Vouch("k00", "k07", 1000, passesOn: false)], [("k05", 1000, "a"), ("k06", 1000, "b"), ("k07", 200, "c")]));
    }

    [TestMethod]
    public void InventedKeys_AddNothing() => For(Gen.Zip(Gen.Zip(Edges, Audits), Edge(0, 8).ArrayOf(30)), scene =>
    {
        var ((edges, audits), among) = scene;
        var invented = among.Select(edge => edge with { From = "x" + edge.From, To = "x" + edge.To }).ToList();
        var theirs = invented.Select((edge, i) => (edge.To, 1000, $"invented{i}"));

        // They may vouch for honest keys as much as they like: what counts is who vouches for them.
        var flattery = among.Select(edge => edge with { From = "x" + edge.From });
        return Flow([.. edges, .. invented, .. flattery], [.. audits, .. theirs]) == Flow(edges, audits);
    });

    [TestMethod]
    public void VouchesForInventedKeys_AddAtMostWhatTheyCarry() => For(Gen.Zip(Gen.Zip(Edges, Audits), Gen.Zip(Edge(0, 8).ArrayOf(20), Edge().ArrayOf(3))), scene =>
    {
        var ((edges, audits), (among, attack)) = scene;
        var invented = among.Select(edge => edge with { From = "x" + edge.From, To = "x" + edge.To }).ToList();
        var doors = attack.Select(edge => edge with { To = "x" + edge.To }).ToList();
        var theirs = invented.Select((edge, i) => (edge.To, 1000, $"invented{i}")).Concat(doors.Select((door, i) => (door.To, 1000, $"door{i}")));
        return Flow([.. edges, .. invented, .. doors], [.. audits, .. theirs]) <= Flow(edges, audits) + doors.Sum(door => door.Capacity);
    });

    [TestMethod]
    public void PublishersOwnWord_ChangesNothing() => For(Gen.Zip(Gen.Zip(Edges, Audits), Gen.Choose(0, Keys - 1).ArrayOf(6)), scene =>
    {
        var ((edges, audits), targets) = scene;
        const string publisher = "publisher";
        var own = targets.Select(target => Vouch(publisher, $"k{target:00}", 1000, true)).Append(Vouch("k00", publisher, 1000, true));
        return Flow([.. edges, .. own], [.. audits, (publisher, 1000, "self")], null, publisher) == Flow(edges, audits, null, publisher);
    });

    [TestMethod]
    public void Paths_AddUpToTheFlow_AndBeginWithTheOperator() => For(Gen.Zip(Edges, Audits), scene =>
    {
        var (amount, paths) = new VouchGraph(Seeds, scene.Item1).Flow(scene.Item2);
        return paths.Sum(path => path.Amount) == amount
            && paths.All(path => Seeds.Any(seed => seed.Key == path.Steps[0]) && path.Steps[^1].StartsWith("link", StringComparison.Ordinal))
            && paths.All(path => path.Steps.SkipLast(2).Distinct().Count() == Math.Max(0, path.Steps.Length - 2));
    });

    [TestMethod]
    public void Score_IsBoundedByItsGrade_AndMoreGoodNeverLowersIt() => For(
        Gen.Zip(Gen.Zip(Gen.Choose(0, 3000), Gen.Choose(0, 3000)), Gen.Zip(Gen.Zip(Gen.Choose(0, 6), Gen.Choose(0, 4)), Gen.Choose(0, 400))),
        scene =>
        {
            var ((positive, negative), ((grade, identity), days)) = scene;
            ScoreInput Input(int plus, int minus) => new()
            {
                Identity = (IdentityKind)identity,
                DaysPinned = days,
                Chain = new ChainReport { Grade = (ChainGrade)grade, Positive = plus, Negative = minus },
            };
            var score = Scorer.Score(Input(positive, negative)).Value;
            return score >= 0 && score <= ChainGrades.CapOf((ChainGrade)grade)
                && Scorer.Score(Input(positive + 100, negative)).Value >= score
                && Scorer.Score(Input(positive, negative + 100)).Value <= score;
        });

    private static Gen<ScoreInput> Inputs => Gen.Zip(
        Gen.Zip(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(-5, 400)), Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 15))),
        Gen.Zip(Gen.Zip(Gen.Choose(0, 3000), Gen.Choose(0, 3000)), Gen.Zip(Gen.Zip(Gen.Choose(1, 6), Gen.Elements(0, 500, 1000)), Gen.Zip(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 9)), Gen.Choose(0, 40)))))
        .Select(scene =>
        {
            var (((identity, days), (level, flags)), ((positive, negative), ((grade, transparency), ((medium, low), rules)))) = scene;
            return new ScoreInput
            {
                Identity = (IdentityKind)identity,
                DaysPinned = days,
                ProvenanceLevel = level,
                HasStatement = (flags & 1) > 0,
                HasSbom = (flags & 2) > 0,
                IsSbomBound = (flags & 4) > 0,
                HasFreshFeed = (flags & 8) > 0,
                Vulnerabilities = low,
                Scan = new ScanSummary(0, medium, low, rules, 40),
                Chain = new ChainReport { Grade = (ChainGrade)grade, Positive = positive, Negative = negative, Transparency = transparency },
            };
        });

    [TestMethod]
    public void Components_SumToTheScore_CutByTheGrade() => For(Inputs, input =>
    {
        var score = Scorer.Score(input);
        return score.Value == Math.Min(score.Cap, score.Components.Sum(component => component.Weight * component.Value) / 1000)
            && score.Components.Sum(component => component.Weight) == 100
            && score.Components.All(component => component.Value is >= 0 and <= 1000)
            && score.Value <= ChainGrades.CapOf(input.Chain.Grade);
    });

    [TestMethod]
    public void Gates_Dominate() => For(Gen.Zip(Inputs, Gen.Choose(0, 3)), scene => Scorer.Score(scene.Item2 switch
    {
        0 => scene.Item1 with { Gates = ["trust.payload-revoked"] },
        1 => scene.Item1 with { Chain = scene.Item1.Chain with { IsMalicious = true } },
        2 => scene.Item1 with { Chain = scene.Item1.Chain with { Fabricated = "two stories" } },
        _ => scene.Item1 with { Scan = new ScanSummary(1, 0, 0, 40, 40) },
    }) is { Value: 0, Gates.IsEmpty: false } score && !score.Suffices(0));

    [TestMethod]
    public void DaysAlone_RaiseTheAgeOfAPinAndNothingElse() => For(Gen.Zip(Inputs, Gen.Choose(0, 300)), scene =>
    {
        var (now, later) = (Scorer.Score(scene.Item1).Components, Scorer.Score(scene.Item1 with { DaysPinned = Math.Max(0, scene.Item1.DaysPinned) + scene.Item2 }).Components);
        return now.Zip(later).All(pair => pair.First.Name == "identity" ? pair.Second.Value >= pair.First.Value : pair.Second.Value == pair.First.Value);
    });

    [TestMethod]
    public void FlowOfALargeGraph_IsThatOfItsSmallPart()
    {
        // A hundred thousand keys that nobody vouches for stand around it.
        var noise = Enumerable.Range(0, 100_000).Select(i => Vouch($"n{i}", $"n{(i * 7) % 100_000}", 1000, true));

        Assert.AreEqual(700, Flow([Vouch("k00", "k05", 1000, true), .. noise], [("k05", 700, "link")]));
    }
}
