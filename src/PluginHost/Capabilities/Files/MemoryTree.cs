namespace PluginHost.Capabilities.Files;

/// <summary>A file system in memory, bounded in bytes and entries. What a skill writes to unless a directory is mapped.</summary>
internal sealed class MemoryTree(long maxBytes, int maxEntries, TimeProvider time)
{
    private long _bytes;
    private int _entries;
    private ulong _nextId = 1;

    public IDirectoryNode CreateRoot() => new MemoryDirectory(this);

    public DateTimeOffset Now => time.GetUtcNow();

    public ulong NextId() => _nextId++;

    public void Take(long bytes)
    {
        if (!TryTake(bytes))
        {
            throw new FileTreeException(FileError.NoSpace);
        }
    }

    public bool TryTake(long bytes)
    {
        if (bytes > maxBytes - _bytes)
        {
            return false;
        }

        _bytes += bytes;
        return true;
    }

    public void TakeEntry()
    {
        if (_entries >= maxEntries)
        {
            throw new FileTreeException(FileError.NoSpace);
        }

        _entries++;
    }

    public void ReturnEntry() => _entries--;
}
