namespace PluginHost.Sandbox;

/// <summary>
/// A skill's share of the engine's threads. A guest that was given up keeps its thread until it ends, so without a bound of
/// its own one skill that never stops in time would take all of them, call after call.
/// </summary>
internal sealed class SkillThreads(IGuestThreads threads, int capacity) : IGuestThreads
{
    private volatile int _capacity = capacity;
    private int _taken;

    /// <summary>Changes its share; what runs goes on.</summary>
    public void Reload(int most) => _capacity = most;

    public bool TryRun(Action work, Action? whenIdle = null)
    {
        if (Interlocked.Increment(ref _taken) > _capacity)
        {
            Interlocked.Decrement(ref _taken);
            return false;
        }

        var taken = false;
        try
        {
            return taken = threads.TryRun(() =>
            {
                work();
                Interlocked.Decrement(ref _taken);
            }, whenIdle);
        }
        finally
        {
            if (!taken)
            {
                Interlocked.Decrement(ref _taken);
            }
        }
    }
}
