using System.Collections.Immutable;

namespace PluginHost.Consent;

/// <summary>What is kept of consents in the state directory.</summary>
internal sealed record ConsentFile
{
    public static ConsentFile Empty { get; } = new() { V = 1, Changes = 0, Records = [], Keys = new Dictionary<string, DateTimeOffset>() };

    public required int V { get; init; }

    /// <summary>How often it was changed.</summary>
    public required long Changes { get; init; }

    /// <summary>The oldest first.</summary>
    public required ImmutableArray<ConsentRecord> Records { get; init; }

    /// <summary>When a publisher's key was first seen on a skill that was loaded: <c>publisher key</c> to the time.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> Keys { get; init; }
}
