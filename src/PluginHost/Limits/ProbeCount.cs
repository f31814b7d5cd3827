namespace PluginHost.Limits;

/// <summary>Counts what a skill was denied, and tells when it asks for so much that it does not hold that it must be probing.</summary>
/// <param name="time">The clock.</param>
/// <param name="tooMany">Done when there were too many, with a sentence that says so.</param>
internal sealed class ProbeCount(TimeProvider time, Action<string> tooMany)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private int _count;
    private int _most;
    private bool _wasTold;

    /// <summary>Changes how many there may be in a minute; 0 for any number.</summary>
    public void Reload(int most)
    {
        lock (_gate)
        {
            _most = most;
        }
    }

    public void Denied()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_since, now) > Window)
            {
                (_since, _count, _wasTold) = (now, 0, false);
            }

            // Not only at the very number: the limit may have come down below what was counted.
            if (++_count < _most || _most == 0 || _wasTold)
            {
                return;
            }

            _wasTold = true;
        }

        tooMany($"it was denied {_count} demands within a minute: it looks for what it was not granted");
    }
}
