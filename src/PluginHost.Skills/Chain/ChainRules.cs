using System.Collections.Immutable;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Chain;

/// <summary>Whom an operator believes, and what it takes.</summary>
internal sealed record ChainRules
{
    /// <summary>Narrators with whom trust begins.</summary>
    public ImmutableArray<ChainNarrator> Narrators { get; init; } = [];

    /// <summary>Who vouches for whom.</summary>
    public TrustBundle Vouches { get; init; } = TrustBundle.Empty;

    /// <summary>Keys whose good word does not count; what they say against a skill still does.</summary>
    public ImmutableHashSet<string> Distrusted { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Logs and witnesses that count.</summary>
    public LogPolicy Logs { get; init; } = LogPolicy.Empty;

    /// <summary>How long ago the last witness may have cosigned a log that is followed; null for any time.</summary>
    public TimeSpan? LogMaxAge { get; init; }

    /// <summary>What is remembered of logs; null where nothing is.</summary>
    public ILogMemory? Memory { get; init; }

    /// <summary>Keys that were revoked.</summary>
    public ImmutableSortedDictionary<string, RevokedKey> Revoked { get; init; } = ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal);

    /// <summary>Keys of publishers that may stand in for one that signed: its successors.</summary>
    public ImmutableHashSet<string> Successors { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Whether a key is that of a narrator whom the operator names, or is in his bundle of vouches, whether or not that holds.</summary>
    public bool IsNamed(string key) => Narrators.Any(narrator => narrator.Key == key) || Vouches.Names(key);

    /// <summary>Whether a key is that of a narrator whom the operator names, or of one for whom anybody vouches in his bundle.</summary>
    public bool IsBelieved(string key) => Narrators.Any(narrator => narrator.Key == key) || Vouches.IsVouchedFor(key);

    /// <summary>Every key that is, or was, the publisher's here: none of them is anybody else who speaks for its skills.</summary>
    public ImmutableHashSet<string> Own { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Ends what takes too long.</summary>
    public CancellationToken Stop { get; init; }

    public DateTimeOffset Now { get; init; }
}
