using PluginHost.Limits;

namespace PluginHost.Tests.Limits;

[TestClass]
public sealed class DeadlineClockTests
{
    [TestMethod]
    public void Deadlines_FireInTheirOrder_AndNotBefore()
    {
        using var done = new CountdownEvent(3);
        var order = new List<int>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        foreach (var milliseconds in new[] { 90, 30, 60 })
        {
            DeadlineClock.After(TimeSpan.FromMilliseconds(milliseconds), () =>
            {
                lock (order)
                {
                    order.Add(milliseconds);
                }

                done.Signal();
            });
        }

        Assert.IsTrue(done.Wait(TimeSpan.FromSeconds(10)));
        CollectionAssert.AreEqual(new[] { 30, 60, 90 }, order);
        Assert.IsTrue(clock.ElapsedMilliseconds >= 89);
    }

    [TestMethod]
    public void Deadline_ThatWasDisposed_NeverFires()
    {
        var fired = false;
        DeadlineClock.After(TimeSpan.FromMilliseconds(20), () => fired = true).Dispose();
        using var later = new ManualResetEventSlim();
        DeadlineClock.After(TimeSpan.FromMilliseconds(60), later.Set);

        Assert.IsTrue(later.Wait(TimeSpan.FromSeconds(10)));
        Assert.IsFalse(fired);
    }

    [TestMethod]
    public void Action_ThatFails_DoesNotHoldBackOthers()
    {
        using var later = new ManualResetEventSlim();
        DeadlineClock.After(TimeSpan.FromMilliseconds(5), () => throw new AggregateException());
        DeadlineClock.After(TimeSpan.FromMilliseconds(30), later.Set);

        Assert.IsTrue(later.Wait(TimeSpan.FromSeconds(10)));
    }

    [TestMethod]
    public void Queue_DoesNotGrowWithDeadlinesThatWereNotNeeded()
    {
        for (var i = 0; i < 200_000; i++)
        {
            DeadlineClock.After(TimeSpan.FromHours(1), () => { }).Dispose();
        }

        Assert.IsLessThan(10_000, DeadlineClock.Count);
    }
}
