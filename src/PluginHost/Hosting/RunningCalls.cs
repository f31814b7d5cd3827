namespace PluginHost.Hosting;

/// <summary>Counts the calls that run, so that an end can wait for them and then interrupt them.</summary>
internal sealed class RunningCalls : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _ended;

    /// <summary>Whether no more calls are taken.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <exception cref="ObjectDisposedException">No more calls are taken.</exception>
    public Running Begin(object owner, CancellationToken caller)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, owner);
            _running++;
            return new Running(this, CancellationTokenSource.CreateLinkedTokenSource(caller, _stop.Token));
        }
    }

    /// <summary>Takes no more calls, waits, and after a while interrupts. May be asked again with less patience.</summary>
    public async Task EndAsync(TimeSpan patience, TimeProvider time)
    {
        lock (_gate)
        {
            _ended = true;
            if (_running == 0)
            {
                _drained.TrySetResult();
            }
        }

        try
        {
            await _drained.Task.WaitAsync(patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // From here on nobody puts another in its place.
            Cancel(_stop);
            await _drained.Task.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Interrupts the calls that run; others may come. On a thread of its own: whatever somebody registered with the token of a call must hold up nobody else.
    /// </summary>
    public void Interrupt()
    {
        CancellationTokenSource stop;
        lock (_gate)
        {
            if (_running == 0)
            {
                return;
            }

            // At the end nobody puts another in its place.
            stop = _stop;
            _stop = _ended ? stop : new CancellationTokenSource();
        }

        new Thread(() => Cancel(stop)) { IsBackground = true, Name = "PluginHost interruption" }.UnsafeStart();
    }

    public void Dispose() => _stop.Dispose();

    private static void Cancel(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // Somebody else's callback failed, or the last call has just ended.
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_running == 0 && _ended)
            {
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>One call, until it is disposed.</summary>
    internal sealed class Running(RunningCalls calls, CancellationTokenSource stop) : IDisposable
    {
        /// <summary>Cancelled by the caller, or when the owner's patience is over.</summary>
        public CancellationToken Stop => stop.Token;

        public void Dispose()
        {
            stop.Dispose();
            calls.End();
        }
    }
}
