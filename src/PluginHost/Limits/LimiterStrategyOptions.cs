using System.Threading.RateLimiting;
using Polly;

namespace PluginHost.Limits;

/// <summary>What an execution has to get before it goes on, and what a refusal is called.</summary>
internal sealed class LimiterStrategyOptions : ResilienceStrategyOptions
{
    public required RateLimiter Limiter { get; init; }

    /// <summary>What is wrong where there is none to be had.</summary>
    public required string Problem { get; init; }

    /// <summary>Code of the refusal.</summary>
    public string Code { get; init; } = LimiterStrategy.Concurrency;

    /// <summary>Where the lease is kept for whoever ends it later; without it, it ends with the execution.</summary>
    public ResiliencePropertyKey<RateLimitLease>? KeptAs { get; init; }

    /// <summary>Done before an execution waits; may free something.</summary>
    public Action? MakeRoom { get; init; }

    /// <summary>How many permits an execution takes; one without it.</summary>
    public Func<ResilienceContext, int> Permits { get; init; } = static _ => 1;
}
