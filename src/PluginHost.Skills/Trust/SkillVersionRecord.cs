namespace PluginHost.Skills.Trust;

/// <summary>A version of a skill that was accepted here.</summary>
/// <param name="Payload">Its payload digest.</param>
/// <param name="Key">The key it was signed with.</param>
/// <param name="ProvenanceLevel">The SLSA build level that it reached.</param>
internal sealed record SkillVersionRecord(string Payload, string Key, int ProvenanceLevel);
