namespace PluginHost.Lifecycle;

/// <summary>A journal that lives as long as the process.</summary>
internal sealed class MemoryJournalStore : IJournalStore
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<byte> _lines = [];

    /// <inheritdoc/>
    public bool HasMoved(long position) => _lines.Count > position;

    /// <inheritdoc/>
    public byte[] Read(ref long position)
    {
        lock (_lines)
        {
            var read = _lines[(int)position..].ToArray();
            position += read.Length;
            return read;
        }
    }

    /// <inheritdoc/>
    public IDisposable Turn()
    {
        _turn.Wait();
        return new Released(_turn);
    }

    /// <inheritdoc/>
    public void Append(ref long position, ReadOnlySpan<byte> line, LifecycleChange change)
    {
        lock (_lines)
        {
            _lines.AddRange(line);
            position = _lines.Count;
        }
    }

    /// <inheritdoc/>
    public void Wait(long position, TimeSpan time, CancellationToken cancellation) => cancellation.WaitHandle.WaitOne(time);

    public void Dispose() => _turn.Dispose();

    private sealed class Released(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
