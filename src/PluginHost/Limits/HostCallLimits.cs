using System.Threading.RateLimiting;

namespace PluginHost.Limits;

/// <summary>What all calls of a host share: how many run, how many come in a second, and the memory that they may take together.</summary>
internal sealed class HostCallLimits : IDisposable
{
    /// <summary>Memory is counted in pages, so that every amount is a number of permits.</summary>
    public const int PageBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls that may wait for memory, each as large as all of it.</summary>
    private const int MemoryQueue = 64;

    private long _queueTime;

    public HostCallLimits(TimeProvider time, SkillLimits limits)
    {
        Calls = new ReloadableLimiter(limits.ConcurrentCalls, limits.QueuedCalls);
        Memory = new ReloadableLimiter(Pages(limits.HostMemoryBytes), Queue(limits));
        Rate = new TokenBucket(time);
        Bytes = new ByteRate(time);
        Apply(limits);
    }

    public ReloadableLimiter Calls { get; }

    /// <summary>In pages of <see cref="PageBytes"/>.</summary>
    public ReloadableLimiter Memory { get; }

    public TokenBucket Rate { get; }

    public ByteRate Bytes { get; }

    /// <summary>How long a call may wait for its turn.</summary>
    public TimeSpan QueueTime => TimeSpan.FromTicks(Volatile.Read(ref _queueTime));

    /// <summary>Gives back what is held of the host's memory for convenience alone; called where somebody finds too little.</summary>
    public Action MakeRoom { get; set; } = static () => { };

    /// <summary>Takes memory for something that outlives calls. Where others wait for some, it waits with them for a moment: whoever needs little must not be refused because somebody needs much.</summary>
    public RateLimitLease TakeMemory(long bytes)
    {
        var pages = Pages(bytes);
        if (pages == 0)
        {
            return new FreeLease();
        }

        var lease = Memory.AttemptAcquire(pages);
        if (lease.IsAcquired)
        {
            return lease;
        }

        MakeRoom();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return Memory.AcquireAsync(pages, patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return NoLease.Instance;
        }
    }

    /// <summary>Pages that some bytes take.</summary>
    public static int Pages(long bytes) => (int)Math.Min(int.MaxValue / MemoryQueue, bytes <= 0 ? 0 : ((bytes - 1) / PageBytes) + 1);

    /// <summary>Changes the limits. What runs and what was taken counts under the new ones.</summary>
    public void Reload(SkillLimits limits)
    {
        Calls.Reload(limits.ConcurrentCalls, limits.QueuedCalls);
        Memory.Reload(Pages(limits.HostMemoryBytes), Queue(limits));
        Apply(limits);
    }

    public void Dispose()
    {
        Calls.Dispose();
        Memory.Dispose();
        Rate.Dispose();
    }

    private void Apply(SkillLimits limits)
    {
        Rate.Reload(limits.CallsPerSecond);
        Bytes.Reload(limits.BrokeredBytesPerSecond);
        Volatile.Write(ref _queueTime, limits.QueueTime.Ticks);
    }

    private static int Queue(SkillLimits limits) => limits.QueuedCalls == 0 ? 0 : Pages(limits.HostMemoryBytes) * MemoryQueue;
}
