using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Library.Registries;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Registries;

namespace PluginHost.Registry.Publishing;

/// <summary>The signed files of a registry that belong together: its index in pages, its lines, and the timestamp that speaks for all of them.</summary>
internal static class RegistryEdition
{
    private const int EntriesOnPage = 2_000;
    private const int FirstVersion = 1;

    /// <summary>The next one.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="head">The registry's log.</param>
    /// <param name="generated">When the last index was made; this one is not older.</param>
    /// <param name="key">The registry's key.</param>
    /// <param name="now">Now.</param>
    /// <returns>Its version, and its files, the timestamp at the end.</returns>
    public static (long Version, IReadOnlyList<(string Name, byte[] Content)> Files) Of(RegistryContent content, RegistryLogHead head, long generated, SigningKey key, DateTimeOffset now)
    {
        generated = Math.Max(now.ToUnixTimeMilliseconds(), generated);
        var sorted = content.Entries.OrderBy(entry => entry.SkillId, StringComparer.Ordinal).ThenBy(entry => entry.Version).ToList();
        var pages = Math.Max(1, (sorted.Count + EntriesOnPage - 1) / EntriesOnPage);
        var written = new List<(string Name, byte[] Content)>();
        for (var number = pages; number >= 1; number--)
        {
            var page = new RegistryPage
            {
                GeneratedAtUnixMs = generated,
                Entries = [.. sorted.Skip((number - 1) * EntriesOnPage).Take(EntriesOnPage)],
                NextPage = number < pages ? RegistryFiles.Page(number + 1) : null,
            };
            written.Add((RegistryFiles.Page(number), page.Sign(content.Description.Name, key, now)));
        }

        written.Add((RegistryDescription.File, content.Description.Bytes));
        written.Add((RegistryFiles.Advisories, content.AdvisoryLines));
        written.Add((RegistryFiles.Delegations, content.DelegationLines));
        var files = written.ToImmutableSortedDictionary(file => file.Name, file => Convert.ToHexStringLower(SHA256.HashData(file.Content)), StringComparer.Ordinal);
        var timestamp = new RegistryTimestamp(content.Description.Name, Math.Max(FirstVersion, content.Timestamp.Version + 1), now, now + content.Description.Lifetime, head, files);
        written.Add((RegistryFiles.Timestamp, timestamp.Sign(key)));
        return (timestamp.Version, written);
    }
}
