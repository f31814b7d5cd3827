using System.Collections.Immutable;
using PluginHost.Skills.Trust;

namespace PluginHost.Lifecycle;

/// <summary>Keys of those who may lift a quarantine.</summary>
/// <param name="Known">What the trust ledger says of operators, by key.</param>
/// <param name="Added">Keys that options add.</param>
internal sealed record OperatorKeys(ImmutableSortedDictionary<string, OperatorRecord> Known, ImmutableArray<byte[]> Added)
{
    public static ImmutableSortedDictionary<string, OperatorRecord> None { get; } = ImmutableSortedDictionary.Create<string, OperatorRecord>(StringComparer.Ordinal);

    /// <summary>Those who were operators at a time: what somebody did before he was removed stays done.</summary>
    public IEnumerable<byte[]> At(DateTimeOffset time) =>
        Known.Where(pair => pair.Value.Since <= time && !(pair.Value.Until <= time)).Select(pair => Convert.FromHexString(pair.Key)).Concat(Added);

    /// <summary>
    /// Whether a line lifts a quarantine: an operator signed that, and where an operator had imposed it by hand, another one.
    /// </summary>
    public bool Lifts(LifecycleRecord held, LifecycleRecord record) =>
        record.Change.Evidence.TryGetValue(LifecycleEvidence.Release, out var envelope)
        && ReleaseStatement.SignedBy(envelope, held, At(record.Time)) is { } key
        && !Imposed(held.Change, Convert.ToHexStringLower(key));

    /// <summary>Whether the owner of a key imposed a quarantine by hand: by that key, or, where none signed, under the name that the key bears or that its user bore.</summary>
    private bool Imposed(LifecycleChange held, string key)
    {
        if (held.Evidence.GetValueOrDefault(LifecycleEvidence.Imposed) != LifecycleEvidence.ByOperator)
        {
            return false;
        }

        var name = Known.GetValueOrDefault(key)?.Name;
        return held.Evidence.TryGetValue(LifecycleEvidence.OperatorKey, out var imposer)
            ? imposer == key
            : name is not null && (name == held.Evidence.GetValueOrDefault(LifecycleEvidence.User) || name == held.Actor || "user:" + name == held.Actor);
    }
}
