using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Trust;

/// <summary>A version of a skill that was accepted here.</summary>
/// <param name="Payload">Its payload digest.</param>
/// <param name="Key">The key it was signed with.</param>
/// <param name="ProvenanceLevel">The SLSA build level that it reached.</param>
internal sealed record SkillVersionRecord(string Payload, string Key, int ProvenanceLevel)
{
    /// <summary>Where logs have its author's word for it; null where no proof was shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<LoggedLink>? Logged { get; init; }
}
