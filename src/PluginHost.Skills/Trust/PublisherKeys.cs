using System.Collections.Immutable;

namespace PluginHost.Skills.Trust;

/// <summary>What is known of the keys of a publisher that was met first and pinned.</summary>
internal sealed record PublisherKeys
{
    /// <summary>Key sets in the order of their versions; the last one counts.</summary>
    public required ImmutableArray<KeySet> Sets { get; init; }

    /// <summary>Keys that its own events revoked. They say nothing of other publishers.</summary>
    public ImmutableSortedDictionary<string, RevokedKey> Revoked { get; init; } = ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal);

    /// <summary>Two events for one version, both validly signed: nothing of this publisher is believed until an operator decides.</summary>
    public bool Frozen { get; init; }

    /// <summary>The two envelopes that prove it, in base64.</summary>
    public ImmutableArray<string> Proof { get; init; } = [];

    /// <summary>Keys in whose place an operator put another, without an event; null for none.</summary>
    public ImmutableSortedSet<string>? Former { get; init; }

    public KeySet Current() => Sets[^1];

    /// <summary>Whether a key once was the publisher's and is not any more.</summary>
    public bool IsFormer(string key) => !Current().Keys.Contains(key) && (Sets.Any(set => set.Keys.Contains(key)) || Former?.Contains(key) == true);

    /// <summary>A publisher that is met for the first time.</summary>
    public static PublisherKeys FirstMet(string key, DateTimeOffset now) => new()
    {
        Sets = [new KeySet { Version = 1, Id = "", Keys = [key], Threshold = 1, Since = now }],
    };
}
