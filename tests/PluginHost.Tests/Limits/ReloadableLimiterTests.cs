using PluginHost.Limits;

namespace PluginHost.Tests.Limits;

[TestClass]
public sealed class ReloadableLimiterTests
{
    [TestMethod]
    public async Task LargerLimit_LetsThoseGoOnThatWait()
    {
        using var limiter = new ReloadableLimiter(1, 8);
        using var first = limiter.AttemptAcquire();
        var waiting = limiter.AcquireAsync().AsTask();
        Assert.IsFalse(waiting.IsCompleted);

        limiter.Reload(2, 8);

        using var second = await waiting.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.IsTrue(second.IsAcquired);
        Assert.IsFalse(limiter.AttemptAcquire().IsAcquired, "what was taken before counts");
    }

    [TestMethod]
    public void SmallerLimit_CountsAllThatRun()
    {
        using var limiter = new ReloadableLimiter(4, 0);
        var taken = Enumerable.Range(0, 4).Select(_ => limiter.AttemptAcquire()).ToList();

        limiter.Reload(2, 0);

        for (var ended = 0; ended < 2; ended++)
        {
            Assert.IsFalse(limiter.AttemptAcquire().IsAcquired, $"{4 - ended} run, 2 may");
            taken[ended].Dispose();
        }

        Assert.IsFalse(limiter.AttemptAcquire().IsAcquired, "2 run");
        taken[2].Dispose();
        Assert.IsTrue(limiter.AttemptAcquire().IsAcquired);
        taken[2].Dispose();
        Assert.IsFalse(limiter.AttemptAcquire().IsAcquired, "giving back twice gives nothing");
    }

    [TestMethod]
    public async Task WaitingUnderASmallerLimit_GoOnWaiting()
    {
        using var limiter = new ReloadableLimiter(2, 8);
        var (one, other) = (limiter.AttemptAcquire(), limiter.AttemptAcquire());
        var waiting = limiter.AcquireAsync().AsTask();
        limiter.Reload(1, 8);

        one.Dispose();
        await Task.Delay(50);
        Assert.IsFalse(waiting.IsCompleted);
        other.Dispose();
        Assert.IsTrue((await waiting.WaitAsync(TimeSpan.FromSeconds(5))).IsAcquired);
    }

    [TestMethod]
    public async Task MoreThanThereIsAtAll_IsRefused_NotWaitedFor()
    {
        using var limiter = new ReloadableLimiter(4, 100);
        Assert.IsFalse(limiter.AttemptAcquire(5).IsAcquired);
        Assert.IsFalse((await limiter.AcquireAsync(5)).IsAcquired);
        Assert.IsTrue(limiter.AttemptAcquire(4).IsAcquired);
    }

    [TestMethod]
    public void AnyOrder_EndsWithEverythingGivenBack()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            using var limiter = new ReloadableLimiter(3, 0);
            var (most, taken) = (3, new List<System.Threading.RateLimiting.RateLimitLease>());
            for (var step = 0; step < 40; step++)
            {
                switch (random.Next(3))
                {
                    case 0:
                        var lease = limiter.AttemptAcquire();
                        Assert.AreEqual(taken.Count < most, lease.IsAcquired, $"round {round}, step {step}: {taken.Count} of {most}");
                        if (lease.IsAcquired)
                        {
                            taken.Add(lease);
                        }

                        break;
                    case 1 when taken.Count > 0:
                        var at = random.Next(taken.Count);
                        taken[at].Dispose();
                        taken.RemoveAt(at);
                        break;
                    default:
                        limiter.Reload(most = random.Next(1, 6), 0);
                        break;
                }
            }
        }
    }
}
