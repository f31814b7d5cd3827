using System.Collections.Immutable;

namespace PluginHost.Skills.Trust;

/// <summary>A registry whose index counts here, or did.</summary>
/// <param name="Key">Lower hex public key that signs its index.</param>
/// <param name="Since">Since when it counts.</param>
/// <param name="Until">Until when; null where it still does.</param>
/// <param name="Indexes">When the newest index that was accepted was made, by where it is on the origin: an older one is not.</param>
internal sealed record RegistryRecord(string Key, DateTimeOffset Since, DateTimeOffset? Until, ImmutableSortedDictionary<string, long> Indexes)
{
    private const int MaxIndexes = 100;

    /// <summary>Version of the newest timestamp that was accepted, by the index that it is of; null where there never was one. An index that had one always has one.</summary>
    public ImmutableSortedDictionary<string, long>? Timestamps { get; init; }

    /// <summary>A registry that is listed now.</summary>
    public static RegistryRecord Listed(string key, DateTimeOffset now) => new(key, now, null, ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>The same, which has seen the timestamp of an index, or that it has none.</summary>
    /// <exception cref="SkillVerificationException">It is older than one that was accepted, or it is withheld.</exception>
    public RegistryRecord Stamped(string index, long? version)
    {
        var known = Timestamps?.GetValueOrDefault(index) ?? 0;
        return version == known || (version is null && known == 0) ? this
            : version is null ? throw new SkillVerificationException("policy", "registry-stale", "the registry cannot be used: it shows no timestamp any more")
            : version < known ? throw new SkillVerificationException("policy", "registry-stale", $"the registry cannot be used: its timestamp is of version {version}, and {known} was accepted")
            : this with { Timestamps = (Timestamps ?? ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal)).SetItem(index, version.Value) };
    }

    /// <summary>The same, which has seen an index.</summary>
    /// <exception cref="SkillVerificationException">It is older than one that was accepted, or there are too many.</exception>
    public RegistryRecord Seen(string index, long generatedAtUnixMs) =>
        Indexes.TryGetValue(index, out var newest) && generatedAtUnixMs < newest
            ? throw new SkillVerificationException("policy", "registry-stale", $"the registry cannot be used: its index is of {DateTimeOffset.FromUnixTimeMilliseconds(generatedAtUnixMs):u}, and one of {DateTimeOffset.FromUnixTimeMilliseconds(newest):u} was accepted")
            : Indexes.Count >= MaxIndexes && !Indexes.ContainsKey(index)
                ? throw new SkillVerificationException("policy", "registry", $"the registry cannot be used: it has more than {MaxIndexes} indexes")
                : newest == generatedAtUnixMs && Indexes.ContainsKey(index) ? this : this with { Indexes = Indexes.SetItem(index, generatedAtUnixMs) };
}
