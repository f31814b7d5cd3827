using System.Threading.RateLimiting;
using Polly;
using Polly.Timeout;

namespace PluginHost.Limits;

/// <summary>What stands around the verification and compilation of packages: few at a time, and each within a time.</summary>
internal sealed class LoadPipeline(TimeProvider time, RateLimiter limiter, TimeSpan limit)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { Name = "load", TimeProvider = time }
        .AddLimiter(time, new LimiterStrategyOptions { Name = "loads", Limiter = limiter, Problem = "too many packages are loaded at the same time" })
        .AddTimeout(new TimeoutStrategyOptions { Name = "time", Timeout = TimeLimits.Bounded(limit) })
        .Build();

    /// <summary>Does it here, waiting on nothing.</summary>
    /// <exception cref="SkillLimitException">Too many loads run already, or it took too long.</exception>
    public T Execute<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(LimiterStrategy.WithoutWaiting, true);
        try
        {
            return _pipeline.Execute(static (context, work) => work(context.CancellationToken), context, work);
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
                async token => await Task.Run(() => work(token), token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            throw TooLong();
        }
    }

    private SkillLimitException TooLong() => new("limit.load-time", $"loading took longer than {limit.TotalMilliseconds} ms");
}
