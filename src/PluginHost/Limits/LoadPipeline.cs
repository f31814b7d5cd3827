using PluginHost.Hosting;
using Polly;
using Polly.Telemetry;
using Polly.Timeout;

namespace PluginHost.Limits;

/// <summary>What stands around the verification and compilation of packages: few at a time, and each within a time.</summary>
internal sealed class LoadPipeline : IDisposable
{
    private const string TimeName = "load-time";
    private readonly ReloadableLimiter _limiter;
    private readonly ResiliencePipeline _pipeline;
    private long _time;

    /// <param name="time">The clock.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="telemetry">Told what they do; null for nobody.</param>
    public LoadPipeline(TimeProvider time, SkillLimits limits, TelemetryListener? telemetry = null)
    {
        _limiter = new ReloadableLimiter(limits.ConcurrentLoads, limits.ConcurrentLoads);
        _time = limits.LoadTime.Ticks;
        _pipeline = new ResiliencePipelineBuilder { Name = "load", TimeProvider = time, TelemetryListener = telemetry }
            .AddLimiter(time, new LimiterStrategyOptions { Name = "loads", Limiter = _limiter, Problem = "too many packages are loaded at the same time" })
            .AddTimeout(new TimeoutStrategyOptions { Name = TimeName, TimeoutGenerator = _ => ValueTask.FromResult(TimeLimits.Bounded(Time)) })
            .Build();
    }

    private TimeSpan Time => TimeSpan.FromTicks(Volatile.Read(ref _time));

    /// <summary>Changes the limits; what is loaded just now keeps its time.</summary>
    public void Reload(SkillLimits limits)
    {
        _limiter.Reload(limits.ConcurrentLoads, limits.ConcurrentLoads);
        Volatile.Write(ref _time, limits.LoadTime.Ticks);
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>Does it here, waiting on nothing.</summary>
    /// <exception cref="SkillLimitException">Too many loads run already, or it took too long.</exception>
    public T Execute<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(LimiterStrategy.WithoutWaiting, true);
        try
        {
            return _pipeline.Execute(static (context, state) => state.Pipeline.InTime(state.Work, context.CancellationToken), context, (Pipeline: this, Work: work));
        }
        catch (TimeoutRejectedException)
        {
            throw TooLong();
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Does it on the thread pool, after waiting for its turn.</summary>
    /// <exception cref="SkillLimitException">Too many loads wait already, or it took too long.</exception>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                async token => await Task.Run(() => InTime(work, token), token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            throw TooLong();
        }
    }

    /// <summary>Reads what is going to be loaded, in turn with loads: so many packages are in memory and no more.</summary>
    /// <exception cref="SkillLimitException">Too many loads wait already, or it took too long.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await read(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            throw TooLong();
        }
    }

    /// <summary>The library's timer waits for a thread of the pool; this one does not.</summary>
    private T InTime<T>(Func<CancellationToken, T> work, CancellationToken token)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var deadline = DeadlineClock.After(TimeLimits.Bounded(Time), late.Cancel);
        try
        {
            return work(late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !token.IsCancellationRequested)
        {
            // The library's strategy, which tells of its own timeouts, learns nothing of this one.
            Telemetry.Limited(null, TimeName, "OnTimeout");
            throw TooLong();
        }
    }

    private SkillLimitException TooLong() => new("limit.load-time", $"loading took longer than {Time.TotalMilliseconds} ms");
}
