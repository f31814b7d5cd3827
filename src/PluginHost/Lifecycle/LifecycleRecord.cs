namespace PluginHost.Lifecycle;

/// <summary>A line of the journal.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Hash">Its hash, by which it is named.</param>
/// <param name="Change">What it says.</param>
internal sealed record LifecycleRecord(long Sequence, DateTimeOffset Time, string Hash, LifecycleChange Change);
