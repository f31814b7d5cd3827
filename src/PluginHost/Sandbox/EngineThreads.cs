using System.Diagnostics;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Sandbox;

/// <summary>
/// The threads that guests run on: their stacks have a known size, so that how deep a guest may go does not depend on its
/// caller; no thread of the caller's pool ever waits for a guest; and there are never more of them than was said.
/// </summary>
internal sealed class EngineThreads(int capacity) : IGuestThreads
{
    private volatile int _capacity = capacity;

    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>How long a thread without work is kept.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>How long one thread without work stays awake.</summary>
    private static readonly TimeSpan Lingering = TimeSpan.FromMicroseconds(50);

    private readonly Lock _gate = new();

    /// <summary>1 while a thread without work stays awake: never more than one does.</summary>
    private int _lingers;
    private readonly Stack<Worker> _idle = [];
    private int _threads;

    /// <summary>Threads that run or wait for work.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _threads;
            }
        }
    }

    /// <summary>Changes how many there may be; those that run go on.</summary>
    public void Reload(int most) => _capacity = most;

    /// <inheritdoc/>
    public bool TryRun(Action work, Action? whenIdle = null)
    {
        var context = ExecutionContext.Capture();
        var job = new Job(context is null ? work : () => ExecutionContext.Run(context, static state => ((Action)state!)(), work), whenIdle);
        Worker? worker;
        lock (_gate)
        {
            if (!_idle.TryPop(out worker))
            {
                if (_threads >= _capacity)
                {
                    return false;
                }

                _threads++;
            }
        }

        if (worker is null)
        {
            Start(job);
        }
        else
        {
            worker.Give(job);
        }

        return true;
    }

    /// <summary>Waits until nothing runs, or until patience is over.</summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        while (IsBusy && Stopwatch.GetElapsedTime(start) < patience)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    private bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _threads > _idle.Count;
            }
        }
    }

    private void Start(Job job)
    {
        try
        {
            var worker = new Worker(this, job);
            var thread = new Thread(worker.Run, StackBytes) { IsBackground = true, Name = "PluginHost guest" };
            thread.UnsafeStart();
        }
        catch
        {
            lock (_gate)
            {
                _threads--;
            }

            throw;
        }
    }

    /// <summary>Takes a thread out that has had nothing to do for a while, unless work was promised to it just now.</summary>
    private bool Retire(Worker worker)
    {
        lock (_gate)
        {
            if (!_idle.Contains(worker))
            {
                return false;
            }

            var others = _idle.Where(other => other != worker).Reverse().ToList();
            _idle.Clear();
            others.ForEach(_idle.Push);
            _threads--;
            return true;
        }
    }

    /// <param name="Work">What a caller waits for.</param>
    /// <param name="WhenIdle">What nobody waits for: done by a thread that may be given work already.</param>
    private sealed record Job(Action Work, Action? WhenIdle);

    private sealed class Worker(EngineThreads owner, Job first)
    {
        private readonly object _given = new();
        private volatile Job? _work = first;
        private bool _sleeps;

        public void Give(Job job)
        {
            lock (_given)
            {
                _work = job;
                if (_sleeps)
                {
                    Monitor.Pulse(_given);
                }
            }
        }

        public void Run()
        {
            StackGuard.Assume(StackBytes);
            ThreadPriorities.Lower();
            while (Take(Idle) is { } job || (!owner.Retire(this) && (job = Take(Timeout.InfiniteTimeSpan)) is not null))
            {
                job.Work();
                lock (owner._gate)
                {
                    owner._idle.Push(this);
                }

                job.WhenIdle?.Invoke();
            }
        }

        /// <summary>Callers often come one after the other; to wake a thread costs more than many calls do.</summary>
        private void Linger()
        {
            if (Environment.ProcessorCount == 1 || Interlocked.Exchange(ref owner._lingers, 1) != 0)
            {
                return;
            }

            for (var start = Stopwatch.GetTimestamp(); _work is null && Stopwatch.GetElapsedTime(start) < Lingering;)
            {
                Thread.SpinWait(10);
            }

            Volatile.Write(ref owner._lingers, 0);
        }

        private Job? Take(TimeSpan patience)
        {
            Linger();
            lock (_given)
            {
                _sleeps = true;
                while (_work is null && Monitor.Wait(_given, patience))
                {
                }

                _sleeps = false;
                var work = _work;
                _work = null;
                return work;
            }
        }
    }
}
