using System.Threading.RateLimiting;
using PluginHost.Sandbox;
using Polly;
using Polly.Timeout;

namespace PluginHost.Limits;

/// <summary>
/// What stands around every call of a guest: the host's and the skill's concurrency, and innermost the time limit, so that
/// waiting is not charged to the guest. Nothing is tried twice: effects may have happened.
/// </summary>
internal sealed class CallPipeline
{
    private static readonly ResiliencePropertyKey<TimeSpan> Time = new("pluginhost.time");
    private readonly ResiliencePipeline _pipeline;

    /// <param name="time">The clock of timeouts.</param>
    /// <param name="limiters">Concurrency, outermost first, each with what it counts.</param>
    public CallPipeline(TimeProvider time, params ReadOnlySpan<(RateLimiter Limiter, string What)> limiters)
    {
        var builder = new ResiliencePipelineBuilder { Name = "call", TimeProvider = time };
        foreach (var (limiter, what) in limiters)
        {
            builder.AddConcurrency(limiter, what);
        }

        _pipeline = builder
            .AddTimeout(new TimeoutStrategyOptions
            {
                Name = "time",
                TimeoutGenerator = static args => ValueTask.FromResult(args.Context.Properties.GetValue(Time, TimeLimits.Shortest)),
            })
            .Build();
    }

    /// <summary>Carries a call out.</summary>
    /// <param name="time">How long the guest may take.</param>
    /// <param name="call">Makes the call; its token is cancelled by either.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    /// <returns>What came of it; where the time was over, that.</returns>
    /// <exception cref="SkillLimitException">Too many calls run already.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<GuestResult> ExecuteAsync(TimeSpan time, Func<CancellationToken, Task<GuestResult>> call, CancellationToken caller)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, caller);
        context.Properties.Set(Time, TimeLimits.Bounded(time));
        GuestResult? result = null;
        try
        {
            return await _pipeline.ExecuteAsync(
                async execution =>
                {
                    result = await call(execution.CancellationToken).ConfigureAwait(false);

                    // Polly takes only a cancellation for the end of the time.
                    return result.Stop?.Code == GuestStop.Time ? throw new OperationCanceledException(execution.CancellationToken) : result;
                },
                context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutRejectedException or OperationCanceledException && result is not null)
        {
            // The guest's own deadline may come before Polly's, which waits for the thread pool.
            return result;
        }
        catch (TimeoutRejectedException)
        {
            throw new SkillLimitException(GuestStop.Time, $"the call took longer than {time.TotalMilliseconds} ms");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
