using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;

namespace PluginHost.Library.Registries;

/// <summary>A folder of packages.</summary>
internal sealed class LocalRegistry(string folder) : IRegistry
{
    private const string Pattern = "*.palyra-skill";
    private const int MaxEntries = 10_000;

    /// <inheritdoc/>
    public string? KeyFor(HostServices services) => null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegistryEntry>> ReadAsync(HostServices services, CancellationToken cancellation)
    {
        var entries = new List<RegistryEntry>();
        foreach (var file in Files())
        {
            // Each is taken apart as a package is that is loaded.
            entries.Add(await services.Loads.ExecuteAsync(_ => Entry(file), cancellation).ConfigureAwait(false));
        }

        return entries.GroupBy(entry => (entry.SkillId, entry.Version)).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refused($"'{twice.Key.SkillId}' {twice.Key.Version} is there more than once: {string.Join(", ", twice.Select(entry => entry.Artifact))}")
            : entries;
    }

    /// <inheritdoc/>
    public Task<PackageSource> OpenAsync(RegistryEntry entry, CancellationToken cancellation) => Task.FromResult(Open(entry));

    /// <inheritdoc/>
    public InstalledSource SourceOf(RegistryEntry entry) => new(InstalledSource.LocalRegistry, Path.GetFullPath(Path.Combine(folder, entry.Artifact)));

    /// <summary>What the folder and those in it offer; links are not followed. One file that is no package fails all of it, as in Palyra.</summary>
    private List<string> Files()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = false, MaxRecursionDepth = 16 };
        var files = Directory.EnumerateFiles(folder, Pattern, options).Take(MaxEntries + 1).Order(StringComparer.Ordinal).ToList();
        return files.Count > MaxEntries ? throw Refused($"it has more than {MaxEntries} packages") : files;
    }

    private PackageSource Open(RegistryEntry entry)
    {
        var path = Path.Combine(folder, entry.Artifact);
        var bytes = PackageFile.Read(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == entry.ArtifactSha256
            ? new PackageSource(() => bytes, () => PackageFile.Evidence(path))
            : throw Refused($"'{entry.Artifact}' is another file than the one that was listed");
    }

    private RegistryEntry Entry(string file)
    {
        var name = Path.GetRelativePath(folder, file);
        try
        {
            var bytes = PackageFile.Read(file);
            var manifest = ManifestReader.Read(SkillArtifact.Read(bytes));
            return new RegistryEntry(manifest.SkillId, manifest.Version, manifest.Publisher, name, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.LongLength);
        }
        catch (SkillVerificationException e)
        {
            throw Refused($"'{name}' is no package: {e.Message}");
        }
    }

    private static SkillVerificationException Refused(string what) => new("policy", "registry", $"the registry cannot be used: {what}");
}
