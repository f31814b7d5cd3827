using System.Collections.Immutable;
using PluginHost.Library.Registries;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>What a registry says, read from its own files and held against its own key.</summary>
/// <param name="Description">What it says of itself.</param>
/// <param name="Timestamp">What it holds.</param>
/// <param name="GeneratedAtUnixMs">When its index was made.</param>
/// <param name="Entries">Its packages.</param>
/// <param name="Advisories">What it has against versions.</param>
/// <param name="AdvisoryLines">The same as it is written.</param>
/// <param name="Delegations">Who may publish.</param>
/// <param name="DelegationLines">The same as it is written.</param>
internal sealed record RegistryContent(
    RegistryDescription Description, RegistryTimestamp Timestamp, long GeneratedAtUnixMs, ImmutableArray<RegistryEntry> Entries,
    ImmutableArray<RegistryAdvisory> Advisories, byte[] AdvisoryLines, ImmutableArray<PublisherDelegation> Delegations, byte[] DelegationLines)
{
    /// <exception cref="SkillVerificationException">A file is missing, malformed, not signed by the registry's key, or another than its timestamp speaks for.</exception>
    public static RegistryContent Read(IPublicFiles files)
    {
        var description = RegistryDescription.Read(files);
        var key = Convert.FromHexString(description.Key);
        try
        {
            var timestamp = RegistryTimestamp.Read(Need(files, RegistryFiles.Timestamp, RegistryTimestamp.MaxBytes), key);
            _ = Spoken(files, timestamp, RegistryDescription.File, RegistryTimestamp.MaxBytes);
            var entries = ImmutableArray.CreateBuilder<RegistryEntry>();
            long generated = 0;
            for (var number = 1; timestamp.Files.ContainsKey(RegistryFiles.Page(number)); number++)
            {
                var page = RegistryPage.Read(Spoken(files, timestamp, RegistryFiles.Page(number), RegistryPage.MaxBytes), key);
                generated = page.GeneratedAtUnixMs;
                if (page.Entries.FirstOrDefault(entry => entry.Artifact != RegistryFiles.Package(entry.Publisher, entry.SkillId, entry.Version.ToString()) || !IsPlain(entry.Artifact)) is { } odd)
                {
                    throw new FormatException($"'{odd.Artifact}' is not where a registry keeps '{odd.SkillId}' {odd.Version}");
                }

                entries.AddRange(page.Entries);
            }

            var (advisories, delegations) = (Spoken(files, timestamp, RegistryFiles.Advisories, RegistryLines.MaxBytes), Spoken(files, timestamp, RegistryFiles.Delegations, RegistryLines.MaxBytes));
            return new RegistryContent(
                description, timestamp, generated, entries.ToImmutable(), RegistryLines.Read(advisories, line => RegistryAdvisory.Read(line, key)), advisories,
                RegistryLines.Read(delegations, line => PublisherDelegation.Read(line, key)), delegations);
        }
        catch (FormatException e)
        {
            throw RegistryRefusal.Form($"a file of the registry does not hold: {e.Message}");
        }
    }

    /// <summary>Lines with one more, where all of them can still be read.</summary>
    /// <param name="lines">Those that are there.</param>
    /// <param name="line">The one more.</param>
    /// <param name="most">Bytes that they may have then.</param>
    /// <exception cref="SkillVerificationException">They would be too many.</exception>
    public static byte[] Longer(byte[] lines, byte[] line, int most)
    {
        byte[] longer = [.. lines, .. line, (byte)'\n'];
        return longer.Length <= most && BundleLines.Of(longer).Count() <= RegistryLines.MaxLines * (most / (double)RegistryLines.MaxBytes) ? longer
            : throw RegistryRefusal.Size("the registry has said so much that this would not find room");
    }

    /// <summary>Whether a place is below the registry wherever its files lie.</summary>
    private static bool IsPlain(string artifact) => artifact.Split('/') is { Length: 3 } parts && Array.TrueForAll(parts, RegistryFiles.IsPart);

    private static byte[] Need(IPublicFiles files, string name, int most) => files.Find(name, most) ?? throw RegistryRefusal.Form($"the registry has no '{name}'");

    private static byte[] Spoken(IPublicFiles files, RegistryTimestamp timestamp, string name, int most)
    {
        var bytes = Need(files, name, most);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)) == timestamp.Files.GetValueOrDefault(name) ? bytes : throw RegistryRefusal.Form($"'{name}' is another file than the timestamp speaks for");
    }
}
