namespace PluginHost.Skills.Manifests;

/// <summary>Which hosts the skill is made for.</summary>
internal sealed record ManifestCompatibility(long ProtocolMajor, SkillVersion MinimumHost, SkillVersion? MaximumHost);
