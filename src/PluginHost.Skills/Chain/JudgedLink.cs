using System.Collections.Immutable;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>A link and what became of it.</summary>
/// <param name="Link">The link.</param>
/// <param name="Place">Where it was found.</param>
/// <param name="Narrator">How far its narrator is believed.</param>
/// <param name="Name">What the operator calls the narrator; empty for one that he does not name.</param>
/// <param name="Rule">The rule (V1 to V10) that it breaks; null where it counts.</param>
/// <param name="Reason">Why it does not count; empty where it does.</param>
internal sealed record JudgedLink(ChainLink Link, Attestations.EvidencePlace Place, NarratorClass Narrator, string Name, string? Rule, string Reason)
{
    /// <summary>Whether it counts.</summary>
    public bool Counts => Rule is null;

    /// <summary>Where it stands in which logs.</summary>
    public ImmutableArray<LoggedLink> Places { get; init; } = [];

    /// <summary>On whose word its narrator is believed: the names that the operator gave them, or their keys; empty where he named the narrator himself.</summary>
    public ImmutableArray<string> Vouchers { get; init; } = [];

    /// <summary>The best of these places; null where no proof holds.</summary>
    public LoggedLink? Logged => Places.FirstOrDefault();
}
