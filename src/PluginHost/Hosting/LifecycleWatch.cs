namespace PluginHost.Hosting;

/// <summary>
/// Stops what runs and may not run any more, within a second of the decision, whichever process made it. Has a thread of its own, because a pool whose
/// threads are all taken must not keep a quarantined guest alive.
/// </summary>
internal sealed class LifecycleWatch : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly HostServices _services;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread? _thread;

    /// <param name="services">The host.</param>
    /// <param name="isShared">Whether other processes may write the journal.</param>
    public LifecycleWatch(HostServices services, bool isShared)
    {
        _services = services;
        services.Life.Journal.Changed += Look;
        if (isShared)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "PluginHost lifecycle" };
            _thread.UnsafeStart();
        }
    }

    public void Dispose()
    {
        _services.Life.Journal.Changed -= Look;
        _end.Cancel();
        _thread?.Join();
        _end.Dispose();
    }

    private void Run()
    {
        while (!_end.IsCancellationRequested)
        {
            _services.Life.Journal.Wait(Pause, _end.Token);
            if (_end.IsCancellationRequested)
            {
                return;
            }

            // What this process decided itself is known by now, whatever it still waits for: an anchor, a turn.
            Look();
            try
            {
                _services.Life.Journal.Refresh();
            }
            catch (SkillStateException)
            {
                // What nobody can ask about does not go on: each call that ends so tells why.
                Look();
            }
        }
    }

    private void Look()
    {
        foreach (var skill in _services.Loaded.Keys)
        {
            skill.StopIfBlocked();
        }
    }
}
