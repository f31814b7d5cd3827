using System.Threading.RateLimiting;
using Polly;
using Polly.Telemetry;

namespace PluginHost.Limits;

/// <summary>Lets an execution go on once a limiter gave it what it needs. Polly's own package for it cannot be had; this one returns our typed refusal.</summary>
internal sealed class LimiterStrategy(LimiterStrategyOptions options, TimeProvider time, ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    public const string Concurrency = "limit.concurrency";
    public const string Rate = "limit.rate";
    public const string Memory = "limit.host-memory";
    public const string QueueTime = "limit.queue-time";

    /// <summary>Set for an execution that must not wait on a task: it takes what is free or nothing.</summary>
    public static readonly ResiliencePropertyKey<bool> WithoutWaiting = new("pluginhost.without-waiting");

    /// <summary>When an execution has waited long enough, as a timestamp of the clock; set once for all limiters on its way.</summary>
    public static readonly ResiliencePropertyKey<long> WaitUntil = new("pluginhost.wait-until");

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        var permits = options.Permits(context);
        var lease = options.Limiter.AttemptAcquire(permits);
        var code = options.Code;
        if (!lease.IsAcquired && !context.Properties.GetValue(WithoutWaiting, false))
        {
            var refused = lease;
            options.MakeRoom?.Invoke();
            (lease, code) = await WaitAsync(permits, context).ConfigureAwait(context.ContinueOnCapturedContext);
            refused.Dispose();
        }

        if (lease.IsAcquired && options.KeptAs is { } key)
        {
            context.Properties.Set(key, lease);
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }

        using (lease)
        {
            if (lease.IsAcquired)
            {
                return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
            }

            telemetry.Report(new ResilienceEvent(ResilienceEventSeverity.Error, "OnLimitRejected"), context, code);
            return Outcome.FromException<TResult>(new SkillLimitException(code, options.Problem)
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : null,
            });
        }
    }

    private async ValueTask<(RateLimitLease Lease, string Code)> WaitAsync(int permits, ResilienceContext context)
    {
        if (!context.Properties.TryGetValue(WaitUntil, out var until))
        {
            return (await options.Limiter.AcquireAsync(permits, context.CancellationToken).ConfigureAwait(false), options.Code);
        }

        var left = time.GetElapsedTime(time.GetTimestamp(), until);
        using var patience = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.CancellationToken);
        try
        {
            return (await options.Limiter.AcquireAsync(permits, either.Token).ConfigureAwait(false), options.Code);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return (NoLease.Instance, QueueTime);
        }
    }
}
