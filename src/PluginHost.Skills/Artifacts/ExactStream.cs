namespace PluginHost.Skills.Artifacts;

/// <summary>
/// Hands out compressed bytes, the last of them one by one, and counts: so it is known whether a decoder used all of them.
/// </summary>
internal sealed class ExactStream(ReadOnlyMemory<byte> bytes) : Stream
{
    private const int SingleFrom = 64;

    public int Taken { get; private set; }

    /// <summary>Whether the decoder asked for more than there is: its last block was not marked as the last.</summary>
    public bool Starved { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var left = bytes.Length - Taken;
        Starved |= left == 0;
        var count = Math.Min(buffer.Length, left > SingleFrom ? left - SingleFrom : Math.Min(left, 1));
        bytes.Span.Slice(Taken, count).CopyTo(buffer);
        Taken += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
