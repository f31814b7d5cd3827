namespace PluginHost;

/// <summary>A version of a skill that is installed.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Publisher">Who signed it.</param>
/// <param name="PayloadDigest">Lower hex SHA-256 over everything that is signed.</param>
/// <param name="IsCurrent">Whether it is the version that is meant where none is named.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it stands there, in the words of whoever decided it.</param>
/// <param name="InstalledAt">When it was installed.</param>
public sealed record SkillLibraryEntry(
    string SkillId, string Version, string Publisher, string PayloadDigest, bool IsCurrent, SkillStatus Status, string Reason, DateTimeOffset InstalledAt);
