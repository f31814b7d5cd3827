namespace PluginHost;

/// <summary>What a registry has to say against a version.</summary>
/// <param name="Action"><c>advise</c>: people should know; <c>yank</c>: it is not offered any more; <c>kill</c>: it must not run.</param>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="PayloadDigest">Its payload digest.</param>
/// <param name="Reason">Why.</param>
/// <param name="IssuedAt">Since when.</param>
public sealed record SkillAdvisory(string Action, string SkillId, string Version, string PayloadDigest, string Reason, DateTimeOffset IssuedAt);
