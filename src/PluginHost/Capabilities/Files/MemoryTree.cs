namespace PluginHost.Capabilities.Files;

/// <summary>
/// A file system in memory, bounded in bytes and entries. What a skill writes to unless a directory is mapped. Calls that
/// run at the same time share it: every operation on it is one step under its lock.
/// </summary>
internal sealed class MemoryTree(long maxBytes, int maxEntries, TimeProvider time)
{
    private ulong _nextId = 1;

    public Lock Gate { get; } = new();

    public SpaceQuota Quota { get; } = new(maxBytes, maxEntries);

    public DateTimeOffset Now => time.GetUtcNow();

    public MemoryDirectory CreateRoot() => new(this, Quota);

    public ulong NextId() => _nextId++;
}
