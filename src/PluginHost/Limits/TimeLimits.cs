namespace PluginHost.Limits;

/// <summary>The bounds of limits: Polly's timeout strategy, between whose a time limit is brought, and how often something is tried again.</summary>
internal static class TimeLimits
{
    /// <summary>Of a request; more would only prolong what does not work.</summary>
    public const int MostRetries = 10;

    /// <summary>Below this, waiting for a timer costs more than what is waited for; smaller budgets belong to fuel.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(10);

    public static TimeSpan Longest { get; } = TimeSpan.FromHours(24);

    public static TimeSpan Bounded(TimeSpan time) => time < Shortest ? Shortest : time > Longest ? Longest : time;
}
