namespace PluginHost.Capabilities.Files;

/// <summary>Bytes and entries that a part of a memory tree may hold; what it takes its parent gives, too. Used under the tree's lock.</summary>
internal sealed class SpaceQuota(long maxBytes, int maxEntries, SpaceQuota? parent = null, ReservedSpace? reserved = null)
{
    /// <summary>Bytes that it may hold. Lowered below what it holds, nothing more can be taken.</summary>
    public long MaxBytes { get; set; } = maxBytes;

    private long _bytes;
    private int _entries;

    /// <summary>Takes bytes, or gives them back where negative; changes nothing where there is no room.</summary>
    public bool TryTake(long bytes)
    {
        if ((bytes > 0 && bytes > MaxBytes - _bytes) || parent?.TryTake(bytes) == false || reserved?.TryTake(bytes) == false)
        {
            return false;
        }

        _bytes += bytes;
        return true;
    }

    /// <exception cref="FileTreeException">There is no room for one more entry.</exception>
    public void CheckEntry()
    {
        if (_entries >= maxEntries)
        {
            throw new FileTreeException(FileError.NoSpace);
        }

        parent?.CheckEntry();
    }

    /// <exception cref="FileTreeException">There is no room for one more entry.</exception>
    public void TakeEntry()
    {
        CheckEntry();
        parent?.TakeEntry();
        _entries++;
    }

    public void ReturnEntry()
    {
        _entries--;
        parent?.ReturnEntry();
    }
}
