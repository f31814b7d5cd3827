using System.Collections.Immutable;
using PluginHost.Scan;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Scanning;

/// <summary>What a scan of a package found.</summary>
/// <param name="Findings">The findings, each rule once for a place.</param>
/// <param name="Summary">How many there are.</param>
/// <param name="Pieces">How many pieces were looked at.</param>
/// <param name="Omitted">How many findings more there are than can be listed; they are counted.</param>
/// <param name="NotRun">Rules that were not run, or not to their end, and why.</param>
internal sealed record ScanReport(ImmutableArray<Finding> Findings, ScanSummary Summary, int Pieces, int Omitted, ImmutableArray<SkippedRule> NotRun);
