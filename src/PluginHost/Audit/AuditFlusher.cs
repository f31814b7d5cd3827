namespace PluginHost.Audit;

/// <summary>Makes records durable beside those who write them, before too many or too old ones wait for it.</summary>
internal sealed class AuditFlusher : IDisposable
{
    private readonly IAuditStore _store;
    private readonly AuditSettings _settings;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly bool _counts;
    private long _written;
    private long _durable;
    private int _isAsked;
    private volatile bool _ends;
    private volatile Exception? _fault;

    public AuditFlusher(IAuditStore store, AuditSettings settings)
    {
        _store = store;
        _settings = settings;
        _counts = settings.Durability == AuditDurability.Group;
        new Thread(Run) { IsBackground = true, Name = "PluginHost audit" }.Start();
    }

    /// <summary>Why nothing can be made durable any more.</summary>
    public Exception? Fault => _fault;

    /// <summary>A record was written; waits where a whole group has to become durable first.</summary>
    public void Wrote()
    {
        var waiting = Interlocked.Increment(ref _written) - Interlocked.Read(ref _durable);
        if (_counts && waiting >= _settings.GroupRecords)
        {
            FlushNow();
        }
        else if ((waiting == 1 || (_counts && waiting > _settings.GroupRecords / 2)) && Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            _wanted.Set();
        }
    }

    public void Dispose()
    {
        _ends = true;
        _wanted.Set();
    }

    private void Run()
    {
        while (true)
        {
            _wanted.WaitOne();

            // A first record begins the interval; half a group ends it early.
            while (!_ends && !(_counts && Interlocked.Read(ref _written) - Interlocked.Read(ref _durable) > _settings.GroupRecords / 2))
            {
                Volatile.Write(ref _isAsked, 0);
                if (!_wanted.WaitOne(_settings.Interval))
                {
                    break;
                }
            }

            if (_ends)
            {
                return;
            }

            try
            {
                FlushNow();
            }
            catch (Exception e)
            {
                // Whoever writes next finds out, and the log is closed.
                _fault = e;
                return;
            }

            Volatile.Write(ref _isAsked, 0);
            if (Interlocked.Read(ref _written) != Interlocked.Read(ref _durable))
            {
                _wanted.Set();
            }
        }
    }

    private void FlushNow()
    {
        var written = Interlocked.Read(ref _written);
        _store.Flush();
        Interlocked.Exchange(ref _durable, Math.Max(written, Interlocked.Read(ref _durable)));
    }
}
