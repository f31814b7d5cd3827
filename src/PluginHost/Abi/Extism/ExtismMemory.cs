using System.Buffers.Binary;

namespace PluginHost.Abi.Extism;

/// <summary>
/// The memory through which an Extism guest and its host exchange bytes, apart from the guest's own. A handle is the
/// offset of a block; 0 is none.
/// </summary>
internal sealed class ExtismMemory(long limit)
{
    /// <summary>What a block costs the host beside its bytes.</summary>
    private const int BlockBytes = 64;

    /// <summary>An array of the framework holds no more.</summary>
    public const long Most = 1 << 30;

    /// <summary>First offset, so that no block is at 0.</summary>
    private const int Start = 16;

    private const int Alignment = 8;
    private readonly long _maxBytes = Math.Min(limit, Most);
    private readonly Dictionary<long, int> _blocks = [];
    private readonly SortedDictionary<int, Stack<long>> _free = [];
    private byte[] _bytes = new byte[4096];
    private int _end = Start;

    /// <summary>Bytes that the allocator took.</summary>
    public long Size => _bytes.Length;

    /// <summary>Bytes that a new block may have at most.</summary>
    public long Room => Math.Max(0, _maxBytes + Start - _end - ((_blocks.Count + 1L) * BlockBytes));

    /// <returns>The offset of a block, 0 for a length of 0 or where there is no room.</returns>
    public long Allocate(long length)
    {
        if (length <= 0 || length > _maxBytes)
        {
            return 0;
        }

        var size = Rounded((int)length);
        if (_free.TryGetValue(size, out var reusable) && reusable.TryPop(out var offset))
        {
            _bytes.AsSpan((int)offset, size).Clear();
        }
        else
        {
            if (_end + size + ((_blocks.Count + 1L) * BlockBytes) > _maxBytes + Start)
            {
                return 0;
            }

            Reserve(_end + size);

            offset = _end;
            _end += size;
        }

        _blocks.Add(offset, (int)length);
        return offset;
    }

    public long Allocate(ReadOnlySpan<byte> content)
    {
        var offset = Allocate(content.Length);
        if (offset != 0)
        {
            content.CopyTo(_bytes.AsSpan((int)offset));
        }

        return offset;
    }

    public void Free(long offset)
    {
        if (!_blocks.Remove(offset, out var length))
        {
            return;
        }

        var size = Rounded(length);
        if (!_free.TryGetValue(size, out var stack))
        {
            _free[size] = stack = new Stack<long>();
        }

        stack.Push(offset);
    }

    /// <returns>Length of the block that begins at an offset, 0 if there is none.</returns>
    public long Length(long offset) => _blocks.GetValueOrDefault(offset);

    /// <summary>Content of the block that begins at an offset, or null.</summary>
    public byte[]? Read(long offset) => _blocks.TryGetValue(offset, out var length) ? _bytes.AsSpan((int)offset, length).ToArray() : null;

    /// <summary>Whether a range lies in what was allocated at some time.</summary>
    public bool Contains(long offset, long length) => offset >= 0 && length >= 0 && offset <= _end && length <= _end - offset;

    public byte[] Read(long offset, long length) => _bytes.AsSpan((int)offset, (int)length).ToArray();

    public byte LoadByte(long offset) => Contains(offset, 1) ? _bytes[offset] : (byte)0;

    public long LoadLong(long offset) => Contains(offset, 8) ? BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan((int)offset)) : 0;

    public void StoreByte(long offset, byte value)
    {
        if (Contains(offset, 1))
        {
            _bytes[offset] = value;
        }
    }

    public void StoreLong(long offset, long value)
    {
        if (Contains(offset, 8))
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan((int)offset), value);
        }
    }

    public void Reset()
    {
        _blocks.Clear();
        _free.Clear();
        Array.Clear(_bytes);
        _end = Start;
    }

    private static int Rounded(int length) => (length + Alignment - 1) & -Alignment;

    private void Reserve(int end)
    {
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(end, Math.Min(_bytes.Length * 2L, _maxBytes)));
        }
    }
}
