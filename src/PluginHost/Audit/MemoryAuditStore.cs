namespace PluginHost.Audit;

/// <summary>Keeps no lines: the chain's head stands for them. Or hands them to a sink, which keeps them.</summary>
internal sealed class MemoryAuditStore(IAuditSink? sink = null) : IAuditStore
{
    public string Name => "";

    public long SegmentBytes => 0;

    public void Append(ReadOnlySpan<byte> lines) => sink?.Append(lines);

    public void Flush() => sink?.Flush();

    public bool EndSegment() => false;

    public IReadOnlyList<AuditSegment> Finished() => [];

    public void Remove(AuditSegment segment)
    {
    }

    public IReadOnlyList<string> RemovedBy(AuditSegment segment) => [];

    public void Publish(string note)
    {
    }

    public IReadOnlyList<AuditPosition> Neighbours() => [];

    public void Dispose()
    {
    }
}
