namespace PluginHost.Sandbox;

/// <summary>A guest that lives on between calls, as long as each of them ends by itself.</summary>
/// <param name="memoryBytes">What its memories may take.</param>
/// <param name="reservation">That much of the host's memory, given back when the guest is gone.</param>
internal sealed class KeptGuest(long memoryBytes, IDisposable reservation) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly GuestInstance _instance = new(memoryBytes);
    private bool _isTaken;
    private bool _isOver;

    /// <summary>What its memories may take.</summary>
    public long MemoryBytes => memoryBytes;

    /// <summary>Whether nobody gets it any more.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _isOver;
            }
        }
    }

    /// <summary>Gives it to a call.</summary>
    /// <exception cref="SkillSessionException">It was disposed.</exception>
    public GuestInstance Take()
    {
        lock (_gate)
        {
            _isTaken = _isOver ? throw new SkillSessionException("session-ended", "the session was disposed") : true;
            return _instance;
        }
    }

    /// <summary>Takes it back from a call of which nothing runs any more.</summary>
    /// <param name="isIntact">Whether the call ended by itself.</param>
    public void Return(bool isIntact)
    {
        lock (_gate)
        {
            _isTaken = false;
            if (_isOver || !isIntact)
            {
                _isOver = true;
                Release();
            }
        }
    }

    /// <summary>Gives its memory back; while a call has it, when that returns it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isOver && !_isTaken)
            {
                Release();
            }

            _isOver = true;
        }
    }

    private void Release()
    {
        _instance.Dispose();
        reservation.Dispose();
    }
}
