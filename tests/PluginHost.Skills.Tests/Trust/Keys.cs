using System.Collections.Immutable;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Tests.Trust;

/// <summary>Keys of tests, and events signed with them.</summary>
internal static class Keys
{
    public static SigningKey Of(byte seed) => SigningKey.Read([.. Enumerable.Repeat(seed, 32)], () => null);

    public static string Hex(this SigningKey key) => Convert.ToHexStringLower(key.PublicKey);

    public static KeyEvent Event(
        long version, KeyEvent? previous, SigningKey[] keys, SigningKey[] signers, int threshold = 1, SigningKey[]? next = null, string? revokes = null, string[]? valid = null,
        DateTimeOffset? expires = null, string publisher = "acme", LogCutoff? cutoff = null) =>
        KeyEvent.Read(DsseEnvelope.Read(new KeyEvent
        {
            Publisher = publisher,
            Version = version,
            Previous = previous?.Id ?? "",
            Keys = [.. keys.Select(Hex)],
            Threshold = threshold,
            NextDigests = [.. (next ?? []).Select(key => KeyEvent.DigestOf(key.Hex()))],
            Revoked = revokes is null ? ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal)
                : ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal).Add(revokes, new RevokedKey { Reason = "compromised", At = default, ValidPayloads = [.. valid ?? []], Cutoff = cutoff }),
            Expires = expires,
        }.Sign(signers)));
}
