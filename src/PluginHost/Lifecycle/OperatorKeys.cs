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
        && !IsSame(held.Change, record.Change, Convert.ToHexStringLower(key));

    private static bool IsSame(LifecycleChange held, LifecycleChange lifted, string key) =>
        held.Evidence.GetValueOrDefault(LifecycleEvidence.Imposed) == LifecycleEvidence.ByOperator
        && (held.Evidence.TryGetValue(LifecycleEvidence.OperatorKey, out var imposer) ? imposer == key : held.Actor.Trim() == lifted.Actor.Trim());
}
