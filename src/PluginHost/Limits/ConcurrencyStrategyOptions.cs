using System.Threading.RateLimiting;
using Polly;

namespace PluginHost.Limits;

/// <summary>How many executions may run at the same time, and what a refusal is called.</summary>
internal sealed class ConcurrencyStrategyOptions : ResilienceStrategyOptions
{
    public required RateLimiter Limiter { get; init; }

    /// <summary>What is counted, for the message.</summary>
    public required string What { get; init; }
}
