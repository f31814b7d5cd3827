namespace PluginHost;

/// <summary>A package that a registry offers. That it does says nothing about the package.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Publisher">Who signed it, as far as the registry says.</param>
/// <param name="ArtifactSha256">Lower hex SHA-256 of its file.</param>
/// <param name="ArtifactBytes">How long that is; null where the registry does not say.</param>
public sealed record SkillOffer(string SkillId, string Version, string Publisher, string ArtifactSha256, long? ArtifactBytes);
