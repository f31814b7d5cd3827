using System.Collections.Immutable;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Trust;

/// <summary>What must not go back for a skill.</summary>
internal sealed record SkillTrustRecord
{
    /// <summary>Versions that are remembered, the highest ones.</summary>
    private const int MaxVersions = 500;

    /// <summary>Its first publisher: the id belongs to that one.</summary>
    public required string Publisher { get; init; }

    public ImmutableSortedDictionary<string, SkillVersionRecord> Versions { get; init; } = ImmutableSortedDictionary.Create<string, SkillVersionRecord>(StringComparer.Ordinal);

    /// <summary>The highest version that was accepted; null where none is left.</summary>
    public SkillVersion? Highest() => Versions.Keys.Select(SkillVersion.Parse).Max();

    /// <summary>The SLSA build level that a version of it reached which still stands.</summary>
    public int ProvenanceLevel() => Versions.Values.Select(version => version.ProvenanceLevel).DefaultIfEmpty().Max();

    public SkillTrustRecord With(SkillVersion version, SkillVersionRecord record)
    {
        // What a proof once showed stays shown, also where it does not lie beside the package any more.
        var known = Versions.GetValueOrDefault(version.ToString());
        record = record.Logged is null && known is not null && known.Payload == record.Payload && known.Key == record.Key ? record with { Logged = known.Logged } : record;
        var versions = Versions.SetItem(version.ToString(), record);
        while (versions.Count > MaxVersions)
        {
            versions = versions.Remove(versions.Keys.MinBy(key => SkillVersion.Parse(key))!);
        }

        return this with { Versions = versions };
    }

    /// <summary>Forgets versions that only a revoked key stands behind, so that a thief's version does not lock the owner out.</summary>
    public SkillTrustRecord Without(string key, RevokedKey revoked) => this with
    {
        Versions = Versions.RemoveRange(Versions.Where(pair => pair.Value.Key == key && !revoked.Admits(pair.Value.Payload, pair.Value.Logged ?? [])).Select(pair => pair.Key)),
    };
}
