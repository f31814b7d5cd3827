namespace PluginHost.Skills.Trust;

/// <summary>An unsigned skill that is let run within narrow limits for a while.</summary>
/// <param name="Skill">The id that it gives itself.</param>
/// <param name="Since">When it was first let run.</param>
/// <param name="Expires">When that ends.</param>
internal sealed record ProbationRecord(string Skill, DateTimeOffset Since, DateTimeOffset Expires);
