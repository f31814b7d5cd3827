namespace PluginHost.Capabilities.Files;

/// <summary>An open file of a memory tree.</summary>
internal sealed class MemoryHandle : IFileNode
{
    private readonly MemoryFile _file;
    private readonly Lock _gate;
    private bool _closed;

    /// <summary>Opens under the lock of the tree, which the caller holds.</summary>
    public MemoryHandle(MemoryFile file, Lock gate)
    {
        _file = file;
        _gate = gate;
        file.Opened();
    }

    public FileStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _file.Status;
            }
        }
    }

    public Lock AppendGate => _file.AppendGate;

    public int Read(Span<byte> into, long position)
    {
        lock (_gate)
        {
            return _file.Read(into, position);
        }
    }

    public void Write(ReadOnlySpan<byte> from, long position)
    {
        lock (_gate)
        {
            _file.Write(from, position);
        }
    }

    public void SetLength(long length)
    {
        lock (_gate)
        {
            _file.SetLength(length);
        }
    }

    public void SetTimes(DateTimeOffset? accessed, DateTimeOffset? modified)
    {
        lock (_gate)
        {
            _file.SetTimes(accessed, modified);
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                _file.Closed();
            }
        }
    }
}
