using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;

namespace PluginHost.Library.Registries;

/// <summary>A package that a registry offers.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Publisher">Who signed it, as far as its manifest says.</param>
/// <param name="Artifact">Where it is, as the registry names it.</param>
/// <param name="ArtifactSha256">Lower hex SHA-256 of its file.</param>
/// <param name="ArtifactBytes">How long that is; null where the registry does not say.</param>
internal sealed record RegistryEntry(string SkillId, SkillVersion Version, string Publisher, string Artifact, string ArtifactSha256, long? ArtifactBytes)
{
    /// <summary>The address of its package; null where that is a file.</summary>
    public Uri? Address { get; init; }

    /// <summary>The index is signed by another key than the package: what it says of the package has to be so.</summary>
    /// <exception cref="SkillVerificationException">It is not.</exception>
    public void Check(InspectedSkill skill)
    {
        var manifest = skill.Manifest;
        if ((manifest.SkillId, manifest.Version, manifest.Publisher) != (SkillId, Version, Publisher))
        {
            throw new SkillVerificationException("policy", "registry", $"the registry cannot be used: '{Artifact}' is '{manifest.SkillId}' {manifest.Version} by '{manifest.Publisher}', not what was listed");
        }
    }

    /// <summary>The one that is meant: the version that is named, else the highest.</summary>
    /// <exception cref="SkillVerificationException">There is none.</exception>
    public static RegistryEntry Pick(IEnumerable<RegistryEntry> entries, string skillId, string? version)
    {
        var offered = entries.Where(entry => entry.SkillId == skillId && (version is null || entry.Version.ToString() == version)).OrderBy(entry => entry.Version).ToList();
        return offered.Count > 0 ? offered[^1] : throw new SkillVerificationException("policy", "not-offered", $"the registry offers no '{skillId}'{(version is null ? "" : $" {version}")}");
    }
}
