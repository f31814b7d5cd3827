using System.Security.Cryptography;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Dependencies;
using PluginHost.Skills.Dependencies.Versions;

namespace PluginHost.Skills.Chain;

/// <summary>What the links of a chain have to be about: a package, its version and its files.</summary>
internal sealed class ChainSubject(SignedSkill skill)
{
    private readonly Lazy<Dictionary<string, string>> _files = new(() => skill.Artifact.Entries.ToDictionary(entry => entry.Path, entry => Convert.ToHexStringLower(SHA256.HashData(entry.Content)), StringComparer.Ordinal));

    public SignedSkill Skill => skill;

    /// <summary>The package's payload digest.</summary>
    public string Payload => skill.Artifact.Payload;

    /// <summary>The version, as people write it.</summary>
    public string Release => $"{skill.Manifest.SkillId}@{skill.Manifest.Version}";

    /// <summary>Whether a link is a release of this version, whatever type, spelling and qualifiers its package URL has.</summary>
    public bool IsRelease(ChainLink link)
    {
        try
        {
            var purl = PackageUrl.Parse(link.Release);
            return string.Equals(purl.Name, skill.Manifest.SkillId, StringComparison.OrdinalIgnoreCase) && purl.Version is { } version && IsSame(SemanticParts.Of(version.Trim()));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Versions of skills are three numbers: neither leading zeros nor a build make another one of it.</summary>
    private bool IsSame(SemanticParts version) => version.Prerelease.Length == 0 && version.CompareNumbers(SemanticParts.Of(skill.Manifest.Version.ToString())) == 0;

    /// <summary>A file of the package that a link names with another digest; null for none. Names are hints: they may leave out the folder of modules.</summary>
    public string? Mismatch(ChainLink link) =>
        link.Subjects.FirstOrDefault(subject => subject.Sha256 is { } sha256 && (_files.Value.GetValueOrDefault(subject.Name) ?? _files.Value.GetValueOrDefault("modules/" + subject.Name)) is { } named && named != sha256)?.Name;
}
