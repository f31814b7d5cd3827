namespace PluginHost.Capabilities.Files;

/// <summary>
/// A file system in memory, bounded in bytes and entries. What a skill writes to unless a directory is mapped. Calls that
/// run at the same time share it: every operation on it is one step under its lock.
/// </summary>
/// <param name="maxBytes">Bytes of all its files together.</param>
/// <param name="maxEntries">Entries.</param>
/// <param name="time">The clock.</param>
/// <param name="reserved">What it draws on besides; null for nothing.</param>
internal sealed class MemoryTree(long maxBytes, int maxEntries, TimeProvider time, ReservedSpace? reserved = null)
{
    private ulong _nextId = 1;

    public Lock Gate { get; } = new();

    public SpaceQuota Quota { get; } = new(maxBytes, maxEntries, reserved: reserved);

    public DateTimeOffset Now => time.GetUtcNow();

    public MemoryDirectory CreateRoot() => new(this, Quota);

    public ulong NextId() => _nextId++;
}
