using System.Threading.RateLimiting;
using PluginHost.Limits;

namespace PluginHost.Tests.Limits;

[TestClass]
public sealed class RateTests
{
    private readonly SimulatedTime _time = new(DateTimeOffset.UnixEpoch);

    [TestMethod]
    public void Bucket_GivesASecondsWorth_AndThenTheRate()
    {
        using var bucket = new TokenBucket(_time);
        Assert.IsTrue(Enumerable.Range(0, 1000).All(_ => bucket.AttemptAcquire().IsAcquired), "without a rate there is none");
        bucket.Reload(10);

        Assert.AreEqual(10, Taken(bucket));
        var refused = bucket.AttemptAcquire();
        Assert.IsTrue(refused.TryGetMetadata(MetadataName.RetryAfter, out var after));
        Assert.AreEqual(TimeSpan.FromSeconds(0.1), after);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.AreEqual(5, Taken(bucket));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(10, Taken(bucket));
        bucket.Reload(2);
        Assert.AreEqual(0, Taken(bucket), "a change gives nothing back");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.AreEqual(2, Taken(bucket));
        bucket.Reload(null);
        Assert.IsTrue(bucket.AttemptAcquire().IsAcquired);
    }

    [TestMethod]
    public async Task BytesMovedTooFast_AreWaitedFor_ByTheNextEffect()
    {
        var host = new ByteRate(_time);
        var skill = new ByteRate(_time, host);
        skill.Reload(1_000);
        skill.Take(3_000);

        var waiting = Task.Run(() => skill.Wait(CancellationToken.None));
        await Task.Delay(50);
        Assert.IsFalse(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2.1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(5));

        host.Reload(100);
        skill.Take(500);
        using var stop = new CancellationTokenSource(20);
        Assert.ThrowsExactly<OperationCanceledException>(() => skill.Wait(stop.Token), "the host's rate holds for each skill");
        _time.Advance(TimeSpan.FromSeconds(4.1));
        skill.Wait(CancellationToken.None);
    }

    private static int Taken(TokenBucket bucket)
    {
        var count = 0;
        for (; bucket.AttemptAcquire().IsAcquired; count++)
        {
        }

        return count;
    }
}
