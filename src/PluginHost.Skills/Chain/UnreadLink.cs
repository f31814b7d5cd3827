using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>A line that says to be a link and is not looked at.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its predicate type.</param>
/// <param name="Place">Where it was found.</param>
/// <param name="Reason">Why it is not.</param>
/// <param name="Rule">Which rule says so; <c>form</c> for one that is not as links are.</param>
internal readonly record struct UnreadLink(string Id, string Kind, EvidencePlace Place, string Reason, string Rule = UnreadLink.Form)
{
    public const string Form = "form";

    /// <summary>The reason, and the rule where it is one of those that have a number.</summary>
    public string Said => Rule == Form ? Reason : $"{Rule}: {Reason}";
}
