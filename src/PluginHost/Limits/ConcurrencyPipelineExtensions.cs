using System.Threading.RateLimiting;
using Polly;

namespace PluginHost.Limits;

internal static class ConcurrencyPipelineExtensions
{
    /// <summary>Adds a limit on executions at the same time. The limiter is the caller's to dispose.</summary>
    public static ResiliencePipelineBuilder AddConcurrency(this ResiliencePipelineBuilder builder, RateLimiter limiter, string what)
    {
        var options = new ConcurrencyStrategyOptions { Limiter = limiter, What = what, Name = "concurrency" };
        return builder.AddStrategy(context => new ConcurrencyStrategy(options, context.Telemetry), options);
    }
}
