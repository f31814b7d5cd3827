namespace PluginHost.Scan;

/// <summary>What a scan found.</summary>
/// <param name="Matches">Rules whose conditions hold, private ones left out, in the order in which they are written.</param>
/// <param name="NotRun">Rules that could not be decided on this input.</param>
public sealed record ScanResult(IReadOnlyList<RuleMatch> Matches, IReadOnlyList<SkippedRule> NotRun);
