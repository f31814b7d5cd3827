using PluginHost.Skills.Transparency;

namespace PluginHost.Logs;

/// <summary>A checkpoint that a follower has seen, and holds to.</summary>
/// <param name="Note">The checkpoint with its signatures.</param>
/// <param name="Verdict">What the policy says of it.</param>
/// <param name="Before">How many entries the log had when it was seen last; null for the first time.</param>
internal sealed record LogSight(Note Note, LogVerdict Verdict, long? Before);
