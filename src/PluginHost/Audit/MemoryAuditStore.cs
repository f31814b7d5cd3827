namespace PluginHost.Audit;

/// <summary>Keeps no lines: the chain's head stands for them.</summary>
internal sealed class MemoryAuditStore : IAuditStore
{
    public void Append(ReadOnlySpan<byte> line)
    {
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
