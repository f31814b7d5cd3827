using System.Collections.Immutable;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Chain;

/// <summary>Holds links against the rules, one after the other, those first that others stand on. A link that breaks one is ignored and told.</summary>
/// <param name="rules">Whom the operator believes.</param>
/// <param name="subject">What links have to be about.</param>
/// <param name="authors">Keys whose authorship counts: the one that signed the package, and its successors.</param>
/// <param name="author">How far the author is believed.</param>
/// <param name="builders">Keys of trusted builders.</param>
/// <param name="graph">Who is vouched for now.</param>
/// <param name="everGraph">Who was ever vouched for, by whomever: what speaks against a skill does not end with a vouch.</param>
internal sealed class LinkJudge(
    ChainRules rules, ChainSubject subject, IReadOnlySet<string> authors, NarratorClass author, IReadOnlySet<string> builders, VouchGraph graph, VouchGraph everGraph)
{
    private const int MaxDepth = 16;

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (JudgedLink Judged, int Depth)> _judged = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Key, ChainRole Role, bool IsNegative, int Amount), bool> _reached = [];

    /// <summary>Judges links. Each is named once.</summary>
    /// <param name="links">The links.</param>
    /// <param name="logs">Where links stand in logs.</param>
    public ImmutableArray<JudgedLink> Judge(IReadOnlyCollection<(ChainLink Link, EvidencePlace Place)> links, LogStanding logs)
    {
        var waiting = links.OrderBy(entry => entry.Link.IssuedAt).ThenBy(entry => entry.Link.Id, StringComparer.Ordinal).ToList();
        var ids = waiting.Select(entry => entry.Link.Id).ToHashSet(StringComparer.Ordinal);

        // Ids are digests of what names the links before, so there is no circle, and every round settles some.
        while (waiting.Count > 0)
        {
            var ready = waiting.FindAll(entry => entry.Link.Previous.All(id => _judged.ContainsKey(id) || !ids.Contains(id)));
            if (ready.Count == 0)
            {
                break;
            }

            foreach (var (link, place) in ready)
            {
                var isRevoked = rules.Revoked.GetValueOrDefault(link.Narrator) is { } revoked && !revoked.Admits(subject.Payload, logs.SoundPlacesOf(link.Id));
                var (rule, reason) = Broken(link, isRevoked);
                var standing = isRevoked || IsDistrusted(link) ? NarratorClass.Rejected : Standing(link);
                var depth = 1 + link.Previous.Select(id => _judged.GetValueOrDefault(id).Depth).DefaultIfEmpty().Max();
                if (rule is null && depth > MaxDepth && !link.IsNegative)
                {
                    (rule, reason) = ("V5", $"the chain is deeper than {MaxDepth}");
                }

                _judged[link.Id] = (new JudgedLink(link, place, standing, NameOf(link.Narrator), rule, reason) { Places = logs.PlacesOf(link.Id), Vouchers = VouchersOf(link) }, depth);
            }

            waiting.RemoveAll(entry => _judged.ContainsKey(entry.Link.Id));
        }

        return [.. _judged.Values.Select(entry => entry.Judged).OrderBy(judged => judged.Link.IssuedAt).ThenBy(judged => judged.Link.Id, StringComparer.Ordinal)];
    }

    /// <summary>Whether a link names a narrator whose word counts in its role. Whether it is its word is another question.</summary>
    public bool HasRole(ChainLink link) => link.Role != ChainRole.Author && (HasRoleByPolicy(link) || GraphFor(link).IsVouchedAs(link.Narrator, LinkKinds.NameOf(link.Role)));

    /// <summary>Whether a narrator is believed as far as the operator's own are.</summary>
    public bool IsFullyBelieved(ChainLink link) => link.Role != ChainRole.Author && (HasRoleByPolicy(link) || Reaches(link, VouchGraph.Supply));

    /// <summary>How much can reach its narrator on the best single way.</summary>
    public int WidthOf(ChainLink link) => GraphFor(link).WidthOf(link.Narrator, LinkKinds.NameOf(link.Role));

    /// <summary>Whether a link names a key of the package's publisher.</summary>
    public bool IsAuthor(ChainLink link) => link.Role == ChainRole.Author && authors.Contains(link.Narrator);

    /// <summary>How far a narrator is believed, in its role.</summary>
    private NarratorClass Standing(ChainLink link)
    {
        if (link.Role == ChainRole.Author)
        {
            return authors.Contains(link.Narrator) ? author : NarratorClass.Unknown;
        }

        if (HasRoleByPolicy(link))
        {
            return NarratorClass.Trustworthy;
        }

        return Reaches(link, VouchGraph.Trustworthy) ? NarratorClass.Trustworthy : HasRole(link) ? NarratorClass.Honest : NarratorClass.Unknown;
    }

    /// <summary>Whether so much reaches the narrator of a link in its role. What it takes to find out is bounded by the graph, not by how many links a narrator signed.</summary>
    private bool Reaches(ChainLink link, int amount)
    {
        if (!_reached.TryGetValue((link.Narrator, link.Role, link.IsNegative, amount), out var isReached))
        {
            _reached[(link.Narrator, link.Role, link.IsNegative, amount)] = isReached = GraphFor(link).Reaches(link.Narrator, LinkKinds.NameOf(link.Role), amount);
        }

        return isReached;
    }

    private VouchGraph GraphFor(ChainLink link) => link.IsNegative ? everGraph : graph;

    private ImmutableArray<string> VouchersOf(ChainLink link) => link.Role == ChainRole.Author || HasRoleByPolicy(link) ? []
        : [.. GraphFor(link).VouchersOf(link.Narrator, LinkKinds.NameOf(link.Role)).Select(key => NameOf(key) is { Length: > 0 } name ? name : KeyId.Of(key))];

    private bool IsDistrusted(ChainLink link) => rules.Distrusted.Contains(link.Narrator) && !link.IsNegative;

    /// <summary>Whether the operator himself says that a narrator has the role.</summary>
    public bool HasRoleByPolicy(ChainLink link) =>
        rules.Narrators.Any(narrator => narrator.Key == link.Narrator && narrator.Role == link.Role) || (link.Role == ChainRole.Builder && builders.Contains(link.Narrator));

    private string NameOf(string key) => rules.Narrators.FirstOrDefault(narrator => narrator.Key == key)?.Name ?? "";

    private (string? Rule, string Reason) Broken(ChainLink link, bool isRevoked)
    {
        if (!link.IsSigned)
        {
            return ("V2", "it is not signed by the narrator that it names");
        }

        if (!link.Payloads.Contains(subject.Payload))
        {
            return ("V3", "it is about another skill");
        }

        // What speaks against a skill needs nobody before it: else whoever takes that away, or dates it later, silences it.
        if (link.IsNegative)
        {
            return Role(link, isRevoked) ?? (null, "");
        }

        if (subject.Mismatch(link) is { } file)
        {
            return ("V3", $"it is about another '{file}' than the one in this package");
        }

        if (link.Kind == LinkKind.Authorship != link.Previous.IsEmpty)
        {
            return ("V4", link.Previous.IsEmpty ? "it stands on nothing" : "a release stands on nothing else");
        }

        foreach (var id in link.Previous)
        {
            if (!_judged.TryGetValue(id, out var before))
            {
                return ("V4", $"the link {id[..16]}, on which it stands, is missing");
            }

            if (!before.Judged.Counts)
            {
                return ("V4", $"the link {id[..16]}, on which it stands, does not count ({before.Judged.Rule})");
            }

            if (!LinkKinds.MayFollow(link.Kind, before.Judged.Link.Kind))
            {
                return ("V6", $"a {LinkKinds.NameOf(link.Role)} does not stand on a {LinkKinds.NameOf(before.Judged.Link.Role)}'s {before.Judged.Link.Kind.ToString().ToLowerInvariant()}");
            }

            if (before.Judged.Link.IssuedAt - link.IssuedAt > Skew)
            {
                return ("V9", $"it is older than the link {id[..16]}, on which it stands");
            }
        }

        return Role(link, isRevoked) ?? Time(link) ?? (null, "");
    }

    private (string? Rule, string Reason)? Role(ChainLink link, bool isRevoked)
    {
        if (isRevoked)
        {
            var revoked = rules.Revoked[link.Narrator];
            return ("V10", $"its narrator's key was revoked ({revoked.Reason}){(revoked.Cutoff is { } cutoff ? $", and no proof shows that '{cutoff.Log}' had it before entry {cutoff.Index}" : "")}");
        }

        if (link.Role == ChainRole.Author)
        {
            return authors.Contains(link.Narrator) ? null : ("V8", "it names another author than the key that signed the package");
        }

        if (IsDistrusted(link))
        {
            return ("V7", "its narrator is distrusted here");
        }

        return HasRole(link) ? null : ("V7", $"nobody whom this host knows says that its narrator is {(link.Role == ChainRole.Auditor ? "an" : "a")} {LinkKinds.NameOf(link.Role)}");
    }

    private (string? Rule, string Reason)? Time(ChainLink link) =>
        link.IssuedAt - rules.Now > Skew ? ("V9", "it is of the future")
        : link.Vouch is { } vouch && vouch.Expires <= rules.Now ? ("V9", $"it ended at {vouch.Expires:yyyy-MM-dd}")
        : link.Vouch is { Payload: var about } && about != subject.Payload ? ("V3", "it answers for another skill")
        : null;
}
