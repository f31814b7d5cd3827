using PluginHost.Library.Registries;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>Which packages a registry takes, whatever is in them.</summary>
/// <param name="content">What it says.</param>
/// <param name="files">Its files.</param>
/// <param name="options">What is demanded.</param>
internal sealed class RegistryAdmission(RegistryContent content, IPublicFiles files, PublishOptions options)
{
    private const int MaxEntries = 10_000;

    /// <summary>Whether a name can be that of a file everywhere.</summary>
    public static bool IsPlain(string name) => name.Length <= 128 && RegistryFiles.IsPart(name) && !IsDevice(name.Split('.')[0]);

    /// <summary>Names that are no files on Windows, whatever follows them.</summary>
    private static bool IsDevice(string name) =>
        name.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL" || (name.Length == 4 && char.IsAsciiDigit(name[3]) && name[..3].ToUpperInvariant() is "COM" or "LPT");

    /// <summary>Who may publish after this package: its publisher is one of them, or becomes one where that is allowed.</summary>
    /// <returns>The delegations as lines.</returns>
    /// <exception cref="SkillVerificationException">The registry does not know the publisher, or knows it with another key.</exception>
    public byte[] Delegated(SignedSkill skill, RegistryKeys keys, DateTimeOffset now)
    {
        var (publisher, signer) = (skill.Manifest.Publisher, Convert.ToHexStringLower(skill.Signature.PublicKey));
        var known = content.Delegations.Where(delegation => delegation.Publisher == publisher).ToList();
        return known.LastOrDefault()?.Key == signer ? content.DelegationLines
            : !options.MayDelegate ? throw RegistryRefusal.Publisher(known.Count > 0
                ? $"'{publisher}' publishes with another key here ({known[^1].Key}), not with {signer}"
                : $"the registry does not know '{publisher}': its operator has to let it in")
            : RegistryContent.Longer(content.DelegationLines, new PublisherDelegation(publisher, signer, now).Sign(keys.Key), RegistryLines.MaxBytes);
    }

    /// <summary>Refuses what was taken back, a version that is there with another file, an id of another publisher, and one package too many.</summary>
    /// <param name="skill">The package.</param>
    /// <param name="known">The version, where it is there.</param>
    /// <param name="digest">Lower hex SHA-256 of the package.</param>
    /// <exception cref="SkillVerificationException">It is one of them.</exception>
    public void Demand(SignedSkill skill, RegistryEntry? known, string digest)
    {
        if (content.Advisories.FirstOrDefault(advisory => advisory.Payload == skill.Artifact.Payload && advisory.Action != AdvisoryAction.Advise) is { } against)
        {
            throw RegistryRefusal.Killed($"'{against.Skill}' {against.Version} was taken back ({RegistryAdvisory.NameOf(against.Action)}: {against.Reason})");
        }

        if ((known is not null && known.ArtifactSha256 != digest) || content.Advisories.Any(advisory => advisory.Skill == skill.Manifest.SkillId && advisory.Version == skill.Manifest.Version.ToString() && advisory.Payload != skill.Artifact.Payload))
        {
            throw RegistryRefusal.VersionReused($"'{skill.Manifest.SkillId}' {skill.Manifest.Version} is there with another file: a version is published once");
        }

        if (OwnerOf(skill.Manifest.SkillId) is { } owner && owner != skill.Manifest.Publisher)
        {
            throw RegistryRefusal.Publisher($"the id '{skill.Manifest.SkillId}' belongs to '{owner}' here, who published it first");
        }

        if (known is null && (content.Entries.Length >= MaxEntries || content.Entries.Count(entry => entry.Publisher == skill.Manifest.Publisher) >= options.MaxVersions))
        {
            throw RegistryRefusal.Size($"a registry has at most {MaxEntries} packages, and takes at most {options.MaxVersions} of one publisher this way");
        }
    }

    /// <summary>Who published a skill first; what was yanked is not offered any more, and is still there.</summary>
    private string? OwnerOf(string skill)
    {
        var offered = content.Entries.FirstOrDefault(entry => entry.SkillId == skill)?.Publisher;
        return offered ?? files.List(RegistryFiles.Packages).Select(path => path.Split('/')).FirstOrDefault(parts => parts.Length == 3
            && parts[2].EndsWith(RegistryFiles.PackageExtension, StringComparison.Ordinal) && parts[2].StartsWith(skill + "-", StringComparison.Ordinal)
            && IsVersion(parts[2][(skill.Length + 1)..^RegistryFiles.PackageExtension.Length]))?[1];
    }

    private static bool IsVersion(string text)
    {
        try
        {
            _ = SkillVersion.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
