using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginHost.Skills.Trust;

/// <summary>
/// What this host knows beside Palyra's trust store: key sets and their succession, revocations, and for each skill what must not go back.
/// Immutable; whoever changes it keeps the new one once the whole load was accepted.
/// </summary>
internal sealed record TrustLedger
{
    /// <summary>Bytes of a ledger.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>What a key is called that signs the index of a registry.</summary>
    public const string RegistryRole = "registry";

    private const int MaxEntries = 10_000;

    public static TrustLedger Empty { get; } = new();

    public int V { get; init; } = 1;

    public ImmutableSortedDictionary<string, PublisherKeys> Publishers { get; init; } = ImmutableSortedDictionary.Create<string, PublisherKeys>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, SkillTrustRecord> Skills { get; init; } = ImmutableSortedDictionary.Create<string, SkillTrustRecord>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, RevokedKey> RevokedKeys { get; init; } = ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal);

    /// <summary>Reasons by payload digest.</summary>
    public ImmutableSortedDictionary<string, string> RevokedPayloads { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Number of the last revocation list that was applied.</summary>
    public long RevocationSequence { get; init; }

    /// <summary>Unsigned skills by payload digest.</summary>
    public ImmutableSortedDictionary<string, ProbationRecord> Probation { get; init; } = ImmutableSortedDictionary.Create<string, ProbationRecord>(StringComparer.Ordinal);

    /// <summary>Operators of this host by public key, former ones included; null where there never was one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, OperatorRecord>? Operators { get; init; }

    /// <summary>Keys that were a registry's before another took their place; null where there never was one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedSet<string>? FormerRegistryKeys { get; init; }

    /// <summary>Registries by origin, former ones included; null where there never was one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, RegistryRecord>? Registries { get; init; }

    /// <exception cref="FormatException">It is no ledger.</exception>
    public static TrustLedger Read(byte[] bytes)
    {
        try
        {
            return bytes.Length > MaxBytes ? throw new FormatException($"the trust ledger has more than {MaxBytes} bytes")
                : JsonSerializer.Deserialize(bytes, TrustJson.Default.TrustLedger) is { V: 1 } ledger && ledger.Publishers.Values.All(publisher => !publisher.Sets.IsDefaultOrEmpty) ? ledger
                : throw new FormatException("the trust ledger is of another version, or has a publisher without keys");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FormatException("the trust ledger is damaged", e);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, TrustJson.Default.TrustLedger);

    /// <summary>A ledger in which a key is revoked, and ratchets that it alone drove up are lowered.</summary>
    /// <exception cref="FormatException">There are too many.</exception>
    public TrustLedger Revoke(string key, RevokedKey revoked)
    {
        var known = RevokedKeys.GetValueOrDefault(key);
        var merged = revoked.After(known) with { At = known?.At ?? revoked.At };
        return RevokedKeys.Count >= MaxEntries && !RevokedKeys.ContainsKey(key)
            ? throw new FormatException($"more than {MaxEntries} keys are revoked")
            : this with
            {
                RevokedKeys = RevokedKeys.SetItem(key, merged),
                Skills = Skills.SetItems(Skills.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Without(key, merged)))),
            };
    }

    /// <summary>A ledger in which ratchets of a publisher are lowered that its revoked keys alone drove up.</summary>
    public TrustLedger Lowered(string publisher) => Publishers.GetValueOrDefault(publisher) is not { } keys || keys.Revoked.IsEmpty ? this : this with
    {
        Skills = Skills.SetItems(Skills.Where(pair => pair.Value.Publisher == publisher)
            .Select(pair => KeyValuePair.Create(pair.Key, keys.Revoked.Aggregate(pair.Value, (record, revoked) => record.Without(revoked.Key, revoked.Value))))),
    };

    /// <summary>A ledger in which a payload is revoked; no ratchet stands on it any more.</summary>
    /// <exception cref="FormatException">There are too many.</exception>
    public TrustLedger RevokePayload(string payload, string reason) => RevokedPayloads.Count >= MaxEntries && !RevokedPayloads.ContainsKey(payload)
        ? throw new FormatException($"more than {MaxEntries} payloads are revoked")
        : this with
        {
            RevokedPayloads = RevokedPayloads.SetItem(payload, reason),
            Skills = Skills.SetItems(Skills.Select(pair => KeyValuePair.Create(
                pair.Key, pair.Value with { Versions = pair.Value.Versions.RemoveRange(pair.Value.Versions.Where(version => version.Value.Payload == payload).Select(version => version.Key)) }))),
        };
}
