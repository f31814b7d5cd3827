using Polly;

namespace PluginHost.Limits;

internal static class LimiterPipelineExtensions
{
    /// <summary>Adds a limit. The limiter is the caller's to dispose.</summary>
    public static ResiliencePipelineBuilder AddLimiter(this ResiliencePipelineBuilder builder, TimeProvider time, LimiterStrategyOptions options) =>
        builder.AddStrategy(context => new LimiterStrategy(options, time, context.Telemetry), options);
}
