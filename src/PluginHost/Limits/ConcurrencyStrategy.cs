using Polly;
using Polly.Telemetry;

namespace PluginHost.Limits;

/// <summary>A limit on executions at the same time. Polly's own package for it cannot be had; this one returns our typed refusal.</summary>
internal sealed class ConcurrencyStrategy(ConcurrencyStrategyOptions options, ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    public const string Code = "limit.concurrency";

    /// <summary>Set for an execution that must not wait on a task: it takes what is free or nothing.</summary>
    public static readonly ResiliencePropertyKey<bool> WithoutWaiting = new("pluginhost.without-waiting");

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = context.Properties.GetValue(WithoutWaiting, false)
            ? options.Limiter.AttemptAcquire()
            : await options.Limiter.AcquireAsync(1, context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired)
        {
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }

        telemetry.Report(new ResilienceEvent(ResilienceEventSeverity.Error, "OnConcurrencyRejected"), context, options.What);
        return Outcome.FromException<TResult>(new SkillLimitException(Code, $"too many {options.What} at the same time"));
    }
}
