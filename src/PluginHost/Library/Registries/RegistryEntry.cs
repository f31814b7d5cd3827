using PluginHost.Skills.Manifests;

namespace PluginHost.Library.Registries;

/// <summary>A package that a registry offers.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Publisher">Who signed it, as far as its manifest says.</param>
/// <param name="Artifact">Where it is, as the registry names it.</param>
/// <param name="ArtifactSha256">Lower hex SHA-256 of its file.</param>
internal sealed record RegistryEntry(string SkillId, SkillVersion Version, string Publisher, string Artifact, string ArtifactSha256)
{
    /// <summary>The one that is meant: the version that is named, else the highest.</summary>
    /// <exception cref="SkillVerificationException">There is none.</exception>
    public static RegistryEntry Pick(IEnumerable<RegistryEntry> entries, string skillId, string? version)
    {
        var offered = entries.Where(entry => entry.SkillId == skillId && (version is null || entry.Version.ToString() == version)).OrderBy(entry => entry.Version).ToList();
        return offered.Count > 0 ? offered[^1] : throw new SkillVerificationException("policy", "not-offered", $"the registry offers no '{skillId}'{(version is null ? "" : $" {version}")}");
    }
}
