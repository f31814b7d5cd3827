using System.Collections.Concurrent;
using PluginHost.Sandbox;

namespace PluginHost.Tests.Sandbox;

[TestClass]
public sealed class EngineThreadsTests
{
    [TestMethod]
    [Timeout(60_000)]
    public void Work_BeyondTheCapacity_IsNotTaken()
    {
        var threads = new EngineThreads(3);
        using var done = new CountdownEvent(3);
        using var release = new ManualResetEventSlim();
        void Work()
        {
            release.Wait();
            done.Signal();
        }

        Assert.IsTrue(threads.TryRun(Work) && threads.TryRun(Work) && threads.TryRun(Work));
        Assert.IsFalse(threads.TryRun(Work));
        release.Set();
        done.Wait();

        Assert.AreEqual(3, threads.Count);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Threads_AreUsedAgain()
    {
        var threads = new EngineThreads(4);
        var seen = new ConcurrentDictionary<int, int>();
        for (var i = 0; i < 1_000; i++)
        {
            using var done = new ManualResetEventSlim();
            var taken = false;
            while (!taken)
            {
                taken = threads.TryRun(() =>
                {
                    seen.TryAdd(Environment.CurrentManagedThreadId, 0);
                    done.Set();
                });
            }

            done.Wait();
        }

        Assert.IsTrue(seen.Count <= 4 && threads.Count <= 4);
    }

    [TestMethod]
    [Timeout(120_000)]
    public void ManyCallers_NeverSeeMoreThreadsThanAllowed()
    {
        const int capacity = 5;
        var threads = new EngineThreads(capacity);
        int running = 0, most = 0, ran = 0;
        var callers = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                threads.TryRun(() =>
                {
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    Interlocked.Increment(ref ran);
                    Interlocked.Decrement(ref running);
                });
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        SpinWait.SpinUntil(() => Volatile.Read(ref running) == 0);

        Assert.IsTrue(ran > 0 && most <= capacity && threads.Count <= capacity, $"{ran} ran, {most} at once, {threads.Count} threads");
    }

    [TestMethod]
    public async Task Context_OfTheCaller_FlowsToItsWork()
    {
        var local = new AsyncLocal<string> { Value = "the caller's" };
        var threads = new EngineThreads(1);
        var seen = new TaskCompletionSource<string?>();

        Assert.IsTrue(threads.TryRun(() => seen.SetResult(local.Value)));

        Assert.AreEqual("the caller's", await seen.Task);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen && Interlocked.CompareExchange(ref target, value, seen) != seen; seen = Volatile.Read(ref target))
        {
        }
    }
}
