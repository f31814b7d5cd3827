using System.Diagnostics;

namespace PluginHost.Limits;

/// <summary>
/// Ends what is over its time from a thread of its own. The framework's timers fire on the thread pool, and a pool whose
/// threads are all blocked, perhaps by callers of guests, would let guests run on.
/// </summary>
internal static class DeadlineClock
{
    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Changed = new(false);
    private static readonly PriorityQueue<Deadline, long> Pending = new();
    private static bool _runs;

    /// <summary>Does something after a time, unless it is disposed before. It must be quick: it delays other deadlines.</summary>
    public static IDisposable After(TimeSpan time, Action action)
    {
        var deadline = new Deadline(action);
        lock (Gate)
        {
            Pending.Enqueue(deadline, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));
            if (!_runs)
            {
                _runs = true;
                new Thread(Run) { IsBackground = true, Name = "PluginHost deadlines" }.Start();
            }
        }

        Changed.Set();
        return deadline;
    }

    private static void Run()
    {
        while (true)
        {
            Changed.WaitOne(Next());
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>How long nothing will be.</returns>
    private static TimeSpan Next()
    {
        while (true)
        {
            Deadline due;
            lock (Gate)
            {
                if (!Pending.TryPeek(out var first, out var at))
                {
                    return Timeout.InfiniteTimeSpan;
                }

                var left = at - Stopwatch.GetTimestamp();
                if (left > 0 && !first.IsDisposed)
                {
                    return TimeSpan.FromSeconds(Math.Min((left / (double)Stopwatch.Frequency) + 0.001, TimeSpan.FromDays(1).TotalSeconds));
                }

                due = Pending.Dequeue();
            }

            due.Fire();
        }
    }

    private sealed class Deadline(Action action) : IDisposable
    {
        private readonly Lock _firing = new();

        public bool IsDisposed { get; private set; }

        public void Fire()
        {
            lock (_firing)
            {
                if (!IsDisposed)
                {
                    IsDisposed = true;
                    action();
                }
            }
        }

        /// <summary>Afterwards the action has run or never will.</summary>
        public void Dispose()
        {
            lock (_firing)
            {
                IsDisposed = true;
            }
        }
    }
}
