namespace PluginHost.Limits;

/// <summary>
/// Bytes that the host moves for guests in a second. How many an effect moves is known afterwards, so whoever moved too many waits before the next.
/// </summary>
internal sealed class ByteRate(TimeProvider time, ByteRate? host = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Seconds that skills wait for what others moved before, so that one large effect does not stop all of them for minutes.</summary>
    private const double MaxDebt = 10;

    private readonly Lock _gate = new();
    private long? _perSecond;
    private double _credit;
    private long _at = time.GetTimestamp();

    /// <summary>Changes the rate; null for none. What was moved before counts.</summary>
    public void Reload(long? perSecond)
    {
        lock (_gate)
        {
            Fill();
            _credit = _perSecond is null ? perSecond ?? 0 : Math.Min(_credit, perSecond ?? 0);
            _perSecond = perSecond;
        }
    }

    public void Take(long bytes)
    {
        host?.Take(bytes);
        lock (_gate)
        {
            if (_perSecond is { } rate)
            {
                Fill();
                _credit = host is null ? Math.Max(_credit - bytes, -MaxDebt * rate) : _credit - bytes;
            }
        }
    }

    /// <summary>Waits until more may be moved.</summary>
    /// <exception cref="OperationCanceledException">The call has to stop.</exception>
    public void Wait(CancellationToken stop)
    {
        while (Left is var left && left > TimeSpan.Zero)
        {
            stop.WaitHandle.WaitOne(left < Longest ? left : Longest);
            stop.ThrowIfCancellationRequested();
        }
    }

    private TimeSpan Left
    {
        get
        {
            var above = host?.Left ?? TimeSpan.Zero;
            lock (_gate)
            {
                if (_perSecond is not { } rate)
                {
                    return above;
                }

                Fill();
                var own = TimeSpan.FromSeconds(Math.Max(0, -_credit / rate));
                return own > above ? own : above;
            }
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        _credit = Math.Min(_perSecond ?? 0, _credit + (time.GetElapsedTime(_at, now).TotalSeconds * (_perSecond ?? 0)));
        _at = now;
    }
}
