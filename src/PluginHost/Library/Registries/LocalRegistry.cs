using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;

namespace PluginHost.Library.Registries;

/// <summary>A folder of packages. It has no authority of its own: whatever comes from it passes every room.</summary>
internal static class LocalRegistry
{
    private const string Pattern = "*.palyra-skill";
    private const int MaxEntries = 10_000;

    /// <summary>Reads what a folder and those in it offer; links are not followed. One file that is no package fails all of it, as in Palyra.</summary>
    /// <exception cref="SkillVerificationException">A file is no package, two are the same version, or there are too many.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<RegistryEntry> Read(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = false, MaxRecursionDepth = 16 };
        var files = Directory.EnumerateFiles(folder, Pattern, options).Take(MaxEntries + 1).Order(StringComparer.Ordinal).ToList();
        if (files.Count > MaxEntries)
        {
            throw Refused($"it has more than {MaxEntries} packages");
        }

        var entries = files.ConvertAll(file => Entry(folder, file));
        return entries.GroupBy(entry => (entry.SkillId, entry.Version)).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refused($"'{twice.Key.SkillId}' {twice.Key.Version} is there more than once: {string.Join(", ", twice.Select(entry => entry.Artifact))}")
            : entries;
    }

    /// <summary>The package of an entry. It is the one that was listed, or it is refused.</summary>
    /// <exception cref="SkillVerificationException">It was exchanged meanwhile.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PackageSource Open(string folder, RegistryEntry entry)
    {
        var path = Path.Combine(folder, entry.Artifact);
        var bytes = PackageFile.Read(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == entry.ArtifactSha256
            ? new PackageSource(() => bytes, () => PackageFile.Evidence(path))
            : throw Refused($"'{entry.Artifact}' is another file than the one that was listed");
    }

    private static RegistryEntry Entry(string folder, string file)
    {
        var name = Path.GetRelativePath(folder, file);
        try
        {
            var bytes = PackageFile.Read(file);
            var manifest = ManifestReader.Read(SkillArtifact.Read(bytes));
            return new RegistryEntry(manifest.SkillId, manifest.Version, manifest.Publisher, name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (SkillVerificationException e)
        {
            throw Refused($"'{name}' is no package: {e.Message}");
        }
    }

    private static SkillVerificationException Refused(string what) => new("policy", "registry", $"the registry cannot be used: {what}");
}
