using System.Threading.RateLimiting;
using PluginHost.Sandbox;
using Polly;
using Polly.Telemetry;
using Polly.Timeout;

namespace PluginHost.Limits;

/// <summary>
/// What stands around every call of a guest: outermost the circuit, then rates, places and memory, those of the skill before those of the host (whoever waits for
/// his own must not hold what others need), and innermost the time limit, so that waiting is not charged to the guest. Nothing is tried twice: effects may
/// have happened.
/// </summary>
internal sealed class CallPipeline
{
    private static readonly ResiliencePropertyKey<TimeSpan> Time = new("pluginhost.time");
    private static readonly ResiliencePropertyKey<int> Pages = new("pluginhost.pages");
    private static readonly ResiliencePropertyKey<RateLimitLease> Memory = new("pluginhost.memory");
    private readonly TimeProvider _time;
    private readonly SkillCallLimits? _limits;
    private readonly ResiliencePipeline _pipeline;

    /// <summary>For a bare module, which nobody else calls: time alone.</summary>
    public CallPipeline(TimeProvider time)
    {
        _time = time;
        _pipeline = WithTime(new ResiliencePipelineBuilder { Name = "call", TimeProvider = time });
    }

    /// <param name="time">The clock.</param>
    /// <param name="skill">Id of the skill, for messages.</param>
    /// <param name="limits">The limits of the skill and of the host.</param>
    /// <param name="telemetry">Told what happens.</param>
    public CallPipeline(TimeProvider time, string skill, SkillCallLimits limits, TelemetryListener telemetry)
    {
        _time = time;
        _limits = limits;
        var host = limits.Host;
        _pipeline = WithTime(new ResiliencePipelineBuilder { Name = "call", TimeProvider = time, TelemetryListener = telemetry }
            .AddLimiter(time, new LimiterStrategyOptions { Name = "skill-rate", Limiter = limits.Rate, Code = LimiterStrategy.Rate, Problem = $"calls of '{skill}' come too fast" })
            .AddLimiter(time, new LimiterStrategyOptions { Name = "skill-calls", Limiter = limits.Calls, Problem = $"too many calls of '{skill}' run at the same time" })
            .AddLimiter(time, new LimiterStrategyOptions { Name = "host-rate", Limiter = host.Rate, Code = LimiterStrategy.Rate, Problem = "calls come too fast in this host" })
            .AddLimiter(time, new LimiterStrategyOptions { Name = "host-calls", Limiter = host.Calls, Problem = "too many calls run in this host at the same time" })
            .AddLimiter(time, new LimiterStrategyOptions
            {
                Name = "host-memory",
                Limiter = host.Memory,
                Code = LimiterStrategy.Memory,
                Problem = $"the calls that run have reserved so much of this host's memory that a call of '{skill}' finds no room",
                Permits = static context => context.Properties.GetValue(Pages, 0),
                KeptAs = Memory,
                MakeRoom = () => host.MakeRoom(),
            }));
    }

    /// <summary>Carries a call of a bare module out.</summary>
    /// <inheritdoc cref="ExecuteAsync(TimeSpan, long, Func{CancellationToken, IDisposable, Task{GuestResult}}, CancellationToken)"/>
    public Task<GuestResult> ExecuteAsync(TimeSpan time, Func<CancellationToken, Task<GuestResult>> call, CancellationToken caller) => ExecuteAsync(time, 0, (deadline, _) => call(deadline), caller);

    /// <summary>Carries a call out.</summary>
    /// <param name="time">How long the guest may take.</param>
    /// <param name="memoryBytes">What it may take of the host's memory at most.</param>
    /// <param name="call">Makes the call; its token is cancelled by either. It is given the memory that was reserved, and ends that when the guest has ended.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    /// <returns>What came of it; where the time was over, that.</returns>
    /// <exception cref="SkillLimitException">Too many calls run already, they come too fast, or too many failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<GuestResult> ExecuteAsync(TimeSpan time, long memoryBytes, Func<CancellationToken, IDisposable, Task<GuestResult>> call, CancellationToken caller) => _limits is null
        ? await WithinLimitsAsync(time, memoryBytes, call, caller).ConfigureAwait(false)
        : await _limits.Breaker.ExecuteAsync(() => WithinLimitsAsync(time, memoryBytes, call, caller)).ConfigureAwait(false);

    private async Task<GuestResult> WithinLimitsAsync(TimeSpan time, long memoryBytes, Func<CancellationToken, IDisposable, Task<GuestResult>> call, CancellationToken caller)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, caller);
        context.Properties.Set(Time, TimeLimits.Bounded(time));
        context.Properties.Set(Pages, HostCallLimits.Pages(memoryBytes));
        if (_limits is not null)
        {
            context.Properties.Set(LimiterStrategy.WaitUntil, _time.GetTimestamp() + (long)(_limits.Host.QueueTime.TotalSeconds * _time.TimestampFrequency));
        }

        GuestResult? result = null;
        var began = false;
        try
        {
            return await _pipeline.ExecuteAsync(
                async execution =>
                {
                    began = true;
                    result = await call(execution.CancellationToken, execution.Properties.GetValue(Memory, NoLease.Instance)).ConfigureAwait(false);

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
            if (!began)
            {
                context.Properties.GetValue(Memory, NoLease.Instance).Dispose();
            }

            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline WithTime(ResiliencePipelineBuilder builder) => builder
        .AddTimeout(new TimeoutStrategyOptions
        {
            Name = "time",
            TimeoutGenerator = static args => ValueTask.FromResult(args.Context.Properties.GetValue(Time, TimeLimits.Shortest)),
        })
        .Build();
}
