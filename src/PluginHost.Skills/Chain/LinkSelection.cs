using System.Collections.Immutable;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Chooses what a chain is made of where more is shown than a chain may have. Those whose word counts come before those whose word does not, what speaks
/// against the skill before what speaks for it, and no narrator's second link before another one's first: a flood covers nothing but itself.
/// </summary>
/// <param name="subject">What links have to be about.</param>
internal sealed class LinkSelection(ChainSubject subject)
{
    private const int MaxLinks = 256;

    /// <summary>How many signatures are looked at: as many as all bundles together have room for, in links of few of them. Whom a link names anybody can write.</summary>
    private const int MaxSignatures = 16_384;

    /// <summary>Envelopes with more signatures come last, and have less: they are made to cost.</summary>
    private const int FewSignatures = 3;

    private const int MaxCostly = 4_096;

    private readonly List<UnreadLink> _left = [];

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<UnreadLink> Left => _left;

    /// <summary>Each link once. Of envelopes with the same words one that is signed by the narrator stands for all.</summary>
    /// <param name="shown">What is shown.</param>
    /// <param name="isFamiliar">Whether this host may know a narrator: those come first, though anybody can write that a link is theirs.</param>
    public List<(ChainLink Link, EvidencePlace Place)> Distinct(IEnumerable<(ChainLink Link, EvidencePlace Place)> shown, Func<string, bool> isFamiliar)
    {
        var chosen = new Dictionary<string, (ChainLink Link, EvidencePlace Place)>(StringComparer.Ordinal);
        var (left, leftOfCostly) = (MaxSignatures, MaxCostly);

        foreach (var (link, place) in shown.OrderBy(entry => entry.Link.Envelope.Signatures > FewSignatures).ThenByDescending(entry => entry.Link.Payloads.Contains(subject.Payload) && isFamiliar(entry.Link.Narrator)).ThenBy(entry => entry.Link.Envelope.Signatures).ThenBy(entry => entry.Link.Id, StringComparer.Ordinal).ThenBy(entry => entry.Place))
        {
            if (chosen.TryGetValue(link.Id, out var known) && known.Link.IsSigned)
            {
                continue;
            }

            ref var budget = ref link.Envelope.Signatures > FewSignatures ? ref leftOfCostly : ref left;
            budget -= link.Envelope.Signatures;
            if (budget < 0)
            {
                _left.Add(new UnreadLink(link.Id, LinkKinds.TypeOf(link.Kind), place, $"of all links together at most {MaxSignatures} signatures are looked at, and {MaxCostly} of links with many", "V2"));
            }
            else if (link.IsSigned || !chosen.ContainsKey(link.Id))
            {
                chosen[link.Id] = (link, place);
            }
        }

        return [.. chosen.Values];
    }

    /// <summary>As many as a chain may have.</summary>
    /// <param name="links">Links, each once.</param>
    /// <param name="judge">Knows whose word counts.</param>
    public List<(ChainLink Link, EvidencePlace Place)> Cut(List<(ChainLink Link, EvidencePlace Place)> links, LinkJudge judge)
    {
        if (links.Count <= MaxLinks)
        {
            return links;
        }

        // What people who are believed have against the skill stands on nothing, and no number of others covers it.
        var against = links.Where(entry => entry.Link.IsSigned && Rank(entry.Link, judge) == 0).ToList();
        links = [.. links.Except(against)];

        // The publisher's releases that those stand on are needed as much; what anybody else signed is not, whoever names it.
        var stoodOn = links.Where(entry => entry.Link.IsSigned && Rank(entry.Link, judge) <= 2).SelectMany(entry => entry.Link.Previous).ToImmutableHashSet(StringComparer.Ordinal);
        var ranked = links.GroupBy(entry => (Rank: !entry.Link.IsSigned ? int.MaxValue : judge.IsAuthor(entry.Link) && entry.Link.Payloads.Contains(subject.Payload) && stoodOn.Contains(entry.Link.Id) ? Math.Min(1, Rank(entry.Link, judge)) : Rank(entry.Link, judge), entry.Link.Narrator))
            .SelectMany(group => group.OrderBy(entry => entry.Link.IssuedAt).ThenBy(entry => entry.Link.Id, StringComparer.Ordinal).Select((entry, i) => (group.Key.Rank, Width: group.Key.Rank == 2 ? judge.WidthOf(entry.Link) : 0, Turn: i, Entry: entry)))
            .OrderBy(entry => entry.Rank).ThenByDescending(entry => entry.Width).ThenBy(entry => entry.Turn).ThenBy(entry => entry.Entry.Link.Id, StringComparer.Ordinal)
            .Select(entry => entry.Entry).ToList();
        _left.AddRange(ranked.Skip(MaxLinks).Select(entry => new UnreadLink(entry.Link.Id, LinkKinds.TypeOf(entry.Link.Kind), entry.Place, $"a chain has at most {MaxLinks} links", "V5")));
        return [.. against, .. ranked.Take(MaxLinks)];
    }

    private int Rank(ChainLink link, LinkJudge judge)
    {
        var (isAbout, isAuthor, hasRole) = (link.Payloads.Contains(subject.Payload), judge.IsAuthor(link), judge.HasRole(link));
        return isAbout && hasRole && link.IsNegative ? 0
            : isAbout && hasRole ? judge.HasRoleByPolicy(link) ? 1 : 2
            : isAbout && isAuthor ? 3
            : isAuthor || hasRole ? 4
            : 5;
    }
}
