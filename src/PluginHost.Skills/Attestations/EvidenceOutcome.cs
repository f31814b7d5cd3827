namespace PluginHost.Skills.Attestations;

/// <summary>What became of a piece of evidence.</summary>
/// <param name="Id">Its id; empty where it could not be read.</param>
/// <param name="Kind">Its predicate type.</param>
/// <param name="Place">Where it was found.</param>
/// <param name="Counts">Whether it counts.</param>
/// <param name="Detail">Who signed it, or why it does not count.</param>
internal sealed record EvidenceOutcome(string Id, string Kind, EvidencePlace Place, bool Counts, string Detail);
