namespace PluginHost.Capabilities.Files;

/// <summary>
/// Content of a file of a <see cref="MemoryTree"/>, shared by its open handles. Lives as long as it has a name or a handle.
/// Used under the tree's lock.
/// </summary>
internal sealed class MemoryFile(MemoryTree tree, SpaceQuota quota) : MemoryEntry(tree)
{
    private byte[] _content = [];
    private int _length;
    private int _handles;

    public Lock AppendGate { get; } = new();

    public override FileStatus Status => new(FileKind.Regular, Id, (ulong)Names, _length, Times);

    public void Opened() => _handles++;

    public void Closed()
    {
        _handles--;
        Release();
    }

    /// <summary>Open handles go on with it.</summary>
    protected override void Forgotten() => Release();

    public int Read(Span<byte> into, long position)
    {
        if (position >= _length)
        {
            return 0;
        }

        var count = (int)Math.Min(into.Length, _length - position);
        _content.AsSpan((int)position, count).CopyTo(into);
        return count;
    }

    public void Write(ReadOnlySpan<byte> from, long position)
    {
        if (from.Length == 0)
        {
            return;
        }

        if (position > Array.MaxLength - from.Length)
        {
            throw new FileTreeException(FileError.TooLarge);
        }

        if (position + from.Length > _length)
        {
            SetLength(position + from.Length);
        }

        from.CopyTo(_content.AsSpan((int)position));
        Touch();
    }

    public void SetLength(long length)
    {
        if (length > Array.MaxLength)
        {
            throw new FileTreeException(FileError.TooLarge);
        }

        // What is held counts, not what is used of it; so room is given back when less than half is.
        if (length > _content.Length || length < _content.Length / 2)
        {
            var capacity = length > _content.Length && length < _content.Length * 5L / 4 ? _content.Length * 5L / 4 : length;
            if (!quota.TryTake(length - _content.Length))
            {
                throw new FileTreeException(FileError.NoSpace);
            }

            var spare = capacity - length;
            if (spare > 0 && !quota.TryTake(spare))
            {
                capacity = length;
            }

            Array.Resize(ref _content, (int)Math.Min(capacity, Array.MaxLength));
        }
        else if (length < _length)
        {
            // What is cut off must not come back when the file grows again.
            _content.AsSpan((int)length, _length - (int)length).Clear();
        }

        _length = (int)length;
        Touch();
    }

    private void Release()
    {
        if (Names == 0 && _handles == 0)
        {
            quota.TryTake(-_content.Length);
            _content = [];
            _length = 0;
        }
    }
}
