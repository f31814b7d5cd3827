using System.Collections.Immutable;

namespace PluginHost.Skills.Trust;

/// <summary>A key whose signatures do not count any more, whoever it belonged to.</summary>
internal sealed record RevokedKey
{
    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Payloads whose signature by it stays valid: the cut-off. Never a time, because the signer writes that.</summary>
    public ImmutableArray<string> ValidPayloads { get; init; } = [];
}
