using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;

namespace PluginHost.Library.Registries;

/// <summary>Finds what the log of a registry has and its files do not: a registry cannot forge, but it can keep quiet.</summary>
/// <param name="entries">What its log held: index, link, kind, skill, version, payload, key.</param>
internal sealed class WithheldFinder(IReadOnlyCollection<string[]> entries)
{
    /// <summary>Fields of an entry.</summary>
    public const int Fields = 7;

    private static readonly string Violation = LinkKinds.TypeOf(LinkKind.Violation);
    private static readonly string Release = LinkKinds.TypeOf(LinkKind.Authorship);

    /// <summary>An entry as it is kept.</summary>
    public static string[] Line(long index, SkillLogEntry entry) => [index.ToString(CultureInfo.InvariantCulture), entry.Link, entry.Kind, entry.Skill, entry.Version, entry.Payload, entry.Key];

    /// <summary>What was said against versions and is not said any more.</summary>
    public IEnumerable<string> Advisories(IReadOnlySet<string> said) =>
        entries.Where(entry => entry[2] == RegistryAdvisory.Type && !said.Contains(entry[1])).Select(entry => $"what was said against {entry[3]} {entry[4]} (entry {entry[0]} of its log) is not said any more");

    /// <summary>Released versions that are neither offered nor spoken against.</summary>
    public IEnumerable<string> Releases(IEnumerable<RegistryEntry> offered, IEnumerable<RegistryAdvisory> advisories)
    {
        var versions = offered.Select(entry => (entry.SkillId, entry.Version.ToString())).ToHashSet();
        var told = advisories.Where(advisory => advisory.Action != AdvisoryAction.Advise).Select(advisory => advisory.Payload).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry[2] == Release))
        {
            if (!versions.Contains((entry[3], entry[4])) && !told.Contains(entry[5]))
            {
                yield return $"{entry[3]} {entry[4]} was released (entry {entry[0]} of its log), and it offers no such version and says nothing against it";
            }
        }
    }

    /// <summary>Versions that are offered without their release in the log.</summary>
    public IEnumerable<string> Unlogged(IEnumerable<RegistryEntry> offered)
    {
        var released = entries.Where(entry => entry[2] == Release).Select(entry => (entry[3], entry[4])).ToHashSet();
        return offered.Where(entry => !released.Contains((entry.SkillId, entry.Version.ToString()))).Select(entry => $"{entry.SkillId} {entry.Version} is offered, and its log has no release of it");
    }

    /// <summary>Whether the log has no release of a version with this payload.</summary>
    public bool IsUnlogged(string skill, string version, string payload) => !entries.Any(entry => entry[2] == Release && entry[3] == skill && entry[4] == version && entry[5] == payload);

    /// <summary>Versions that were released with two payloads.</summary>
    public IEnumerable<string> Reused() =>
        entries.Where(entry => entry[2] == Release).GroupBy(entry => (Skill: entry[3], Version: entry[4])).Where(group => group.DistinctBy(entry => entry[5]).Count() > 1)
            .Select(group => $"{group.Key.Skill} {group.Key.Version} was released with two payloads (entries {string.Join(" and ", group.DistinctBy(entry => entry[5]).Select(entry => entry[0]))} of its log)");

    /// <summary>Words against a payload, of people who are believed, that are in the log and not in a bundle.</summary>
    public IEnumerable<string> Violations(string payload, Func<string, bool> isBelieved, IReadOnlySet<string> shown) =>
        entries.Where(entry => entry[5] == payload && entry[2] == Violation && isBelieved(entry[6]) && !shown.Contains(entry[1]))
            .Select(entry => $"ed25519:{entry[6][..Math.Min(16, entry[6].Length)]} speaks against {entry[3]} {entry[4]} (entry {entry[0]} of the log), and what it says is kept back");

    /// <summary>Links about a payload that are in the log and not in a bundle.</summary>
    public IEnumerable<string> Links(string payload, ImmutableHashSet<string> shown) =>
        entries.Where(entry => entry[5] == payload && entry[2] != RegistryAdvisory.Type && !shown.Contains(entry[1]))
            .Select(entry => $"{entry[3]} {entry[4]}: the link {entry[1][..Math.Min(16, entry[1].Length)]} ({entry[2]}, entry {entry[0]} of its log) is not in its bundle");
}
