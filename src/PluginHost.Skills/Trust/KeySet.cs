using System.Collections.Immutable;

namespace PluginHost.Skills.Trust;

/// <summary>The keys of a publisher from one key event to the next.</summary>
internal sealed record KeySet
{
    /// <summary>Counted from 1, the keys that were met first.</summary>
    public required long Version { get; init; }

    /// <summary>Id of the event that made it; empty for keys that were met first without one.</summary>
    public required string Id { get; init; }

    /// <summary>The envelope of that event in base64: proof, if there ever is another.</summary>
    public string Event { get; init; } = "";

    /// <summary>Public keys, 64 lower hexadecimal digits each.</summary>
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>How many of them have to sign an event.</summary>
    public required int Threshold { get; init; }

    /// <summary>SHA-256 of the keys that may come next; empty where that was not committed to.</summary>
    public ImmutableArray<string> NextDigests { get; init; } = [];

    /// <summary>When it has to have been followed; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Since when this host knows it.</summary>
    public required DateTimeOffset Since { get; init; }
}
