using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;

namespace PluginHost.Benchmarks;

/// <summary>The <c>score</c> verb: a graph of a hundred thousand keys and a million vouches, and a skill that a hundred of them audited.</summary>
internal static class ScoreCommand
{
    private const int Keys = 100_000;
    private const int Vouches = 1_000_000;

    public static int Run()
    {
        var random = new Random(7);
        var now = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var names = Enumerable.Range(0, Keys).Select(i => i.ToString("x64", CultureInfo.InvariantCulture)).ToArray();
        ImmutableHashSet<string> scope = ["auditor", "voucher"];
        var vouches = Enumerable.Range(0, Vouches).Select(i => new KeyVouch(names[random.Next(Keys)], names[random.Next(Keys)], 250 << random.Next(3), scope, now, now.AddDays(1), "")).ToList();
        var audits = Enumerable.Range(0, 100).Select(i => (names[random.Next(Keys)], 700, FormattableString.Invariant($"link{i}"))).ToList();
        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            var graph = new VouchGraph(names.Take(10).Select(name => (name, true)), vouches);
            var (amount, paths) = graph.Flow(audits);
            var score = Scorer.Score(new ScoreInput { Identity = IdentityKind.Allowlisted, Chain = new ChainReport { Grade = ChainGrade.Fair, Positive = amount } });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Keys} keys, {Vouches} vouches: score {score.Value}, {amount} along {paths.Count} ways, in {watch.Elapsed.TotalSeconds:0.00} s"));
        }

        return 0;
    }
}
