using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Grades a chain by the best way from its author to an audit. A grade stands on what is there, so that adding a link that speaks for the skill never
/// lowers it and removing one never raises it. The signature of the package is the first link, whether or not its author wrote one.
/// </summary>
internal static class ChainGrader
{
    private const int ManyChains = 3;
    private const int MaliciousFrom = 1000;

    /// <param name="report">What is known so far.</param>
    /// <param name="isSigned">Whether the package is signed.</param>
    /// <param name="signer">The key that signed it.</param>
    /// <param name="authors">All keys of its publisher.</param>
    /// <param name="graph">Who is vouched for now.</param>
    /// <param name="ever">Who was ever vouched for.</param>
    /// <param name="now">The time.</param>
    public static ChainReport Grade(ChainReport report, bool isSigned, string signer, IReadOnlySet<string> authors, VouchGraph graph, VouchGraph ever, DateTimeOffset now)
    {
        var counted = report.Links.Where(link => link.Counts).ToDictionary(link => link.Link.Id, StringComparer.Ordinal);
        var audits = counted.Values.Where(link => LinkKinds.IsAudit(link.Link.Kind) && link.Link is { IsNegative: false, Quality: > 0 } && !authors.Contains(link.Link.Narrator)).ToList();

        // Which keys are a publisher's it says itself: it could name its accuser's. What it signed with is what it has.
        var against = counted.Values.Where(link => link.Link.IsNegative && link.Narrator >= NarratorClass.Honest && link.Link.Narrator != signer).ToList();
        var (positive, paths) = graph.Flow([.. audits.Select(audit => (audit.Link.Narrator, Weight(audit.Link, now), audit.Link.Id))]);
        var (negative, pathsAgainst) = ever.Flow([.. against.Select(link => (link.Link.Narrator, link.Link.Quality, link.Link.Id))]);
        var words = against.Select(link => $"{Name(link)} speaks against it (shadh): {link.Link.Detail}").ToList();
        report = report with
        {
            Positive = positive,
            Negative = negative,
            IsMalicious = negative >= MaliciousFrom && against.Exists(link => link.Link.IsMalicious),
            Paths = [.. paths],
            PathsAgainst = [.. pathsAgainst],
            Against = [.. words],
            IndependentAuditors = graph.Independent([.. audits.Where(audit => audit.Narrator >= NarratorClass.Honest).Select(audit => new[] { audit.Link.Narrator })]),
            Auditors = [.. audits.Where(audit => audit.Narrator >= NarratorClass.Honest).Select(audit => audit.Link.Narrator)],
            Reviewers = [.. audits.Where(audit => audit.Narrator >= NarratorClass.Honest && audit.Link.Kind == LinkKind.Review).Select(audit => audit.Link.Narrator)],
            Warnings =
            [
                .. report.Warnings,
                .. OutOfOrder(counted),
                .. audits.Where(audit => audit.Link.IsConcealed).Select(audit => $"the audit {audit.Link.Id[..16]} does not say by which rules it was made (mudallas): it weighs a quarter"),
                .. words,
            ],
        };
        if (report.Fabricated is { } fabricated)
        {
            return report with { Grade = ChainGrade.Fabricated, Why = fabricated };
        }

        if (!isSigned)
        {
            return report with { Grade = ChainGrade.Broken, Why = "nobody signed it" };
        }

        if (against.Count > 0)
        {
            return report with { Grade = ChainGrade.Contradicted, Why = $"{Name(against[0])} speaks against it{(against.Count > 1 ? $", and {against.Count - 1} more" : "")}: {against[0].Link.Detail}" };
        }

        var (grade, why) = Best(audits, counted, graph);
        return report with { Grade = grade, Why = why };
    }

    /// <summary>What an audit weighs: old ones less, and those that hide their rules a quarter.</summary>
    private static int Weight(ChainLink audit, DateTimeOffset now)
    {
        var percent = (now - audit.IssuedAt).TotalDays switch { <= 90 => 100, <= 180 => 75, <= 365 => 50, _ => 25 };
        return audit.Quality * percent / 100 / (audit.IsConcealed ? 4 : 1);
    }

    private static (ChainGrade Grade, string Why) Best(List<JudgedLink> audits, Dictionary<string, JudgedLink> counted, VouchGraph graph)
    {
        var ways = audits.SelectMany(audit => Ways(audit, counted)).ToList();
        var logged = ways.FindAll(way => way.TrueForAll(link => link.Narrator == NarratorClass.Trustworthy) && IsOnRecord(way));
        if (graph.Independent([.. logged.Select(way => way.Skip(1).Select(link => link.Link.Narrator).Reverse().ToList())]) is >= ManyChains and var chains)
        {
            return (ChainGrade.Mass, $"{chains} chains of trustworthy narrators that share nobody but the author, all on public record");
        }

        var reviewed = logged.Find(way => way[^1].Link.Kind == LinkKind.Review && way.TrueForAll(link => link.Places.Any(place => place.IsWitnessed)));
        if (reviewed is not null)
        {
            return (ChainGrade.Sound, $"reviewed by {Name(reviewed[^1])}, all narrators trustworthy, on public record before witnesses");
        }

        var fair = ways.Find(way => way.All(link => link.Narrator >= NarratorClass.Honest));
        return fair is not null ? (ChainGrade.Fair, $"audited by {Name(fair[^1])}, all narrators believed")
            : ways.Count > 0 ? (ChainGrade.Weak, "audited, with a narrator who is not known here")
            : (ChainGrade.Weak, "nobody but its publisher stands behind it");
    }

    private static string Name(JudgedLink link) => link.Name.Length > 0 ? link.Name : KeyId.Of(link.Link.Narrator);

    /// <summary>All ways from an author to an audit: there are few, because only builds stand in between.</summary>
    private static IEnumerable<List<JudgedLink>> Ways(JudgedLink audit, Dictionary<string, JudgedLink> counted)
    {
        foreach (var before in audit.Link.Previous.Select(id => counted[id]))
        {
            if (before.Link.Kind == LinkKind.Authorship)
            {
                yield return [before, audit];
                continue;
            }

            foreach (var author in before.Link.Previous.Select(id => counted[id]))
            {
                yield return [author, before, audit];
            }
        }
    }

    /// <summary>
    /// Whether all of a way is on record, and no log has a link of it before the one on which that stands. Each pair of neighbours needs one pair of places
    /// that agree: a further proof takes nothing away.
    /// </summary>
    private static bool IsOnRecord(List<JudgedLink> way) => way.TrueForAll(link => link.Logged is { HasQuorum: true }) && Enumerable.Range(1, way.Count - 1).All(i => InOrder(way[i - 1], way[i]));

    private static bool InOrder(JudgedLink before, JudgedLink after) => before.Places.Any(place => place.HasQuorum && after.Places.Any(later => later.HasQuorum && (later.Origin != place.Origin || later.Index > place.Index)));

    private static IEnumerable<string> OutOfOrder(Dictionary<string, JudgedLink> counted) =>
        from link in counted.Values
        from id in link.Link.Previous
        let before = counted.GetValueOrDefault(id)
        where before?.Logged is { HasQuorum: true } && link.Logged is { HasQuorum: true } && !InOrder(before, link)
        select $"the log has {link.Link.Id[..16]} before {id[..16]}, on which it stands (V9): it does not count as on record";
}
