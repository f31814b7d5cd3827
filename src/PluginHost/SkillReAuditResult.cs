namespace PluginHost;

/// <summary>What a re-audit found out about one installed version.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Status">What it came to.</param>
/// <param name="Reasons">Why, each beginning with a code.</param>
/// <param name="WasQuarantined">Whether it was quarantined for that.</param>
public sealed record SkillReAuditResult(string SkillId, string Version, SkillReAuditStatus Status, IReadOnlyList<string> Reasons, bool WasQuarantined);
