using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Trust;

/// <summary>A key whose signatures do not count any more, whoever it belonged to.</summary>
internal sealed record RevokedKey
{
    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Payloads whose signature by it stays valid: the cut-off. Never a time, because the signer writes that.</summary>
    public ImmutableArray<string> ValidPayloads { get; init; } = [];

    /// <summary>What a log had of it before this stays valid, too; null where nothing does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogCutoff? Cutoff { get; init; }

    /// <summary>Whether what it signed about a payload still counts.</summary>
    /// <param name="payload">The payload digest.</param>
    /// <param name="places">Where logs have it, as far as that is proven.</param>
    public bool Admits(string payload, IEnumerable<LoggedLink> places) => ValidPayloads.Contains(payload) || (Cutoff is { } cutoff && places.Any(cutoff.IsAfter));

    /// <summary>Revoked twice: what counts has to count by both.</summary>
    public RevokedKey After(RevokedKey? before) => before is null ? this : this with
    {
        ValidPayloads = [.. before.ValidPayloads.Intersect(ValidPayloads)],
        Cutoff = LogCutoff.Both(before.Cutoff, Cutoff),
    };
}
