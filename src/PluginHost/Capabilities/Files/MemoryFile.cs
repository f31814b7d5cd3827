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

        tree.Take(length - _length);
        if (length > _content.Length)
        {
            Array.Resize(ref _content, (int)Math.Max(length, Math.Min(_content.Length * 2L, Array.MaxLength)));
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
