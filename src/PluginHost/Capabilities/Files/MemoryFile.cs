namespace PluginHost.Capabilities.Files;

/// <summary>A file of a <see cref="MemoryTree"/>; open handles share it.</summary>
internal sealed class MemoryFile(MemoryTree tree) : IFileNode
{
    private byte[] _content = [];
    private int _length;
    private DateTimeOffset _modified = tree.Now;

    public ulong Id { get; } = tree.NextId();

    public FileStatus Status => new(FileKind.Regular, Id, 1, _length, _modified);

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
        _modified = tree.Now;
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
            tree.Take(length - _content.Length);
            var spare = capacity - length;
            if (spare > 0 && !tree.TryTake(spare))
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
        _modified = tree.Now;
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
