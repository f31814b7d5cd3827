namespace PluginHost.Audit;

/// <summary>
/// What the calls of one skill may put on record: a bucket that empties within a minute. It is the skill's own, so that a flood
/// silences nobody else.
/// </summary>
internal sealed class AuditQuota(long bytesPerMinute, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _filled;
    private long _at = time.GetTimestamp();
    private long _refused;

    /// <summary>Whether it is full.</summary>
    public bool IsSpent
    {
        get
        {
            lock (_gate)
            {
                Empty();
                return _filled >= bytesPerMinute;
            }
        }
    }

    public void Take(long bytes)
    {
        lock (_gate)
        {
            _filled += bytes;
        }
    }

    /// <summary>Counts a call that was refused, and left no record of its own.</summary>
    public void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>Calls that were refused since the last time it was asked.</summary>
    public long TakeRefused() => Interlocked.Exchange(ref _refused, 0);

    private void Empty()
    {
        var now = time.GetTimestamp();
        _filled = Math.Max(0, _filled - (time.GetElapsedTime(_at, now) / TimeSpan.FromMinutes(1) * bytesPerMinute));
        _at = now;
    }
}
