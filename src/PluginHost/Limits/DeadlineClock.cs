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

    /// <summary>Deadlines that were disposed and still lie in the queue.</summary>
    private static int _spent;

    /// <summary>Deadlines in the queue, those that were not needed included.</summary>
    public static int Count
    {
        get
        {
            lock (Gate)
            {
                return Pending.Count;
            }
        }
    }

    /// <summary>Does something after a time, unless it is disposed before. It must be quick: it delays other deadlines.</summary>
    public static IDisposable After(TimeSpan time, Action action)
    {
        var deadline = new Deadline(action);
        var at = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        bool isNext;
        lock (Gate)
        {
            Sweep();
            isNext = !Pending.TryPeek(out _, out var first) || at < first;
            Pending.Enqueue(deadline, at);
            if (!_runs)
            {
                _runs = true;
                new Thread(Run) { IsBackground = true, Name = "PluginHost deadlines" }.Start();
            }
        }

        // Whoever waits for an earlier one need not be woken for a later one.
        if (isNext)
        {
            Changed.Set();
        }

        return deadline;
    }

    /// <summary>Most calls end long before their deadline: the queue must not grow with them.</summary>
    private static void Sweep()
    {
        const int few = 256;
        if (_spent < few || _spent < Pending.Count / 2)
        {
            return;
        }

        var left = Pending.UnorderedItems.Where(item => !item.Element.IsSpent).ToArray();
        Pending.Clear();
        Pending.EnqueueRange(left);
        _spent = 0;
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
                if (left > 0 && !first.IsSpent)
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
        private Action? _action = action;

        public bool IsSpent => _action is null;

        public void Fire()
        {
            lock (_firing)
            {
                try
                {
                    _action?.Invoke();
                }
                catch (AggregateException)
                {
                    // What somebody registered with the token failed; other deadlines still have to be kept.
                }

                _action = null;
            }
        }

        /// <summary>Afterwards the action has run or never will.</summary>
        public void Dispose()
        {
            lock (_firing)
            {
                if (_action is not null)
                {
                    _action = null;
                    Interlocked.Increment(ref _spent);
                }
            }
        }
    }
}
