namespace PluginHost.Limits;

/// <summary>The bounds of Polly's timeout strategy, between which a time limit is brought.</summary>
internal static class TimeLimits
{
    /// <summary>Below this, waiting for a timer costs more than what is waited for; smaller budgets belong to fuel.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(10);

    public static TimeSpan Longest { get; } = TimeSpan.FromHours(24);

    public static TimeSpan Bounded(TimeSpan time) => time < Shortest ? Shortest : time > Longest ? Longest : time;
}
