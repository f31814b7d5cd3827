using System.Collections.Immutable;

namespace PluginHost.Skills.Vulnerabilities;

/// <summary>What a feed says of the components of a bill of materials.</summary>
/// <param name="Matches">Records about them, in the order of their ids.</param>
/// <param name="Records">Records that the feed has.</param>
/// <param name="Unreadable">Files of the feed that are no records.</param>
/// <param name="Modified">The latest time at which one of the records was changed: how old the feed is at least; null where it has none.</param>
internal sealed record OsvReport(ImmutableArray<OsvMatch> Matches, int Records, int Unreadable, DateTimeOffset? Modified);
