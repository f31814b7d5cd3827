namespace PluginHost.Skills.Scoring;

/// <summary>What the local scan found.</summary>
/// <param name="Critical">Findings of critical severity: one is enough to refuse.</param>
/// <param name="Medium">Findings of high and medium severity.</param>
/// <param name="Low">Findings of low severity.</param>
/// <param name="RulesRun">Rules that were run.</param>
/// <param name="RulesInPack">Rules that there are.</param>
internal sealed record ScanSummary(int Critical, int Medium, int Low, int RulesRun, int RulesInPack)
{
    /// <summary>SHA-256 of the rules.</summary>
    public string RuleSet { get; init; } = "";
}
