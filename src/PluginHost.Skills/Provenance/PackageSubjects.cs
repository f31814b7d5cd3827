using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Provenance;

/// <summary>Compares the subjects of a statement with the files of a package.</summary>
/// <param name="CoversModules">Whether every module is a subject.</param>
/// <param name="HasPlaceholders">Whether a subject has no digest that could be compared.</param>
/// <param name="UncoveredAssets">Assets that no subject tells of.</param>
/// <param name="Mismatch">A file that a subject names with another digest.</param>
internal sealed record PackageSubjects(bool CoversModules, bool HasPlaceholders, ImmutableArray<string> UncoveredAssets, string? Mismatch)
{
    private const string Assets = "assets/";

    public static PackageSubjects Compare(SkillArtifact artifact, IEnumerable<StatementSubject> subjects)
    {
        var files = artifact.Entries.ToDictionary(entry => entry.Path, entry => Convert.ToHexStringLower(SHA256.HashData(entry.Content)), StringComparer.Ordinal);
        var digests = new HashSet<string>(StringComparer.Ordinal);
        var hasPlaceholders = false;
        string? mismatch = null;
        foreach (var subject in subjects)
        {
            if (subject.Sha256 is not { } sha256)
            {
                hasPlaceholders |= subject.Payload is null;
                continue;
            }

            digests.Add(sha256);

            // A name is a hint: it may leave out the folder of modules, and another file may bear it.
            if ((files.GetValueOrDefault(subject.Name) ?? files.GetValueOrDefault("modules/" + subject.Name)) is { } named && named != sha256)
            {
                mismatch ??= subject.Name;
            }
        }

        return new PackageSubjects(
            files.Where(file => SkillArtifact.IsModule(file.Key)).All(file => digests.Contains(file.Value)),
            hasPlaceholders,
            [.. files.Where(file => file.Key.StartsWith(Assets, StringComparison.Ordinal) && !digests.Contains(file.Value)).Select(file => file.Key).Order(StringComparer.Ordinal)],
            mismatch);
    }
}
