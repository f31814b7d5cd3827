using System.Text.Json.Nodes;

namespace PluginHost.Skills.Inspection;

/// <summary>A check of the static audit, in Palyra's terms.</summary>
/// <param name="Id">Its id, that of Palyra.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Severity">How much that weighs.</param>
/// <param name="Message">What was found.</param>
internal sealed record StaticCheck(string Id, CheckStatus Status, FindingSeverity Severity, string Message)
{
    /// <summary>Figures and names behind the message.</summary>
    public JsonObject? Details { get; init; }
}
