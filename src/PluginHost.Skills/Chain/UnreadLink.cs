using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>A line that says to be a link and is not looked at.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its predicate type.</param>
/// <param name="Place">Where it was found.</param>
/// <param name="Reason">Why it is not.</param>
internal readonly record struct UnreadLink(string Id, string Kind, EvidencePlace Place, string Reason);
