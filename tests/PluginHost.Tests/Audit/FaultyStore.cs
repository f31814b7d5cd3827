using PluginHost.Audit;

namespace PluginHost.Tests.Audit;

/// <summary>A sink that fails, or waits, when it is told to.</summary>
internal sealed class FaultyStore : IAuditSink
{
    public MemoryStream Taken { get; } = new();

    public volatile bool Fails;

    public Exception Fault { get; init; } = new IOException("no space left");

    private long _flushed;
    private int _flushes;

    /// <summary>Bytes that had been taken at the last flush.</summary>
    public long Flushed => Interlocked.Read(ref _flushed);

    public int Flushes => _flushes;

    public volatile bool FlushFails;

    public ManualResetEventSlim Open { get; } = new(initialState: true);

    public void Append(ReadOnlySpan<byte> lines)
    {
        Open.Wait();
        if (Fails)
        {
            throw Fault;
        }

        Taken.Write(lines);
    }

    public void Flush()
    {
        Interlocked.Increment(ref _flushes);
        Interlocked.Exchange(ref _flushed, Taken.Length);
        if (FlushFails)
        {
            throw new IOException("the disk is gone");
        }
    }
}
