using System.Collections.Immutable;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Scanning;

/// <summary>What a scan of a package found.</summary>
/// <param name="Findings">The findings, each rule once for a place.</param>
/// <param name="Summary">How many there are.</param>
/// <param name="Pieces">How many pieces were looked at.</param>
internal sealed record ScanReport(ImmutableArray<Finding> Findings, ScanSummary Summary, int Pieces);
