using System.Text;

namespace PluginHost.Wasm.Text;

/// <summary>Writes the primitives of the binary format.</summary>
internal sealed class ByteWriter
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public void Byte(int value) => _bytes.Add((byte)value);

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void U32(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }

    public void U32(int value) => U32((uint)value);

    public void S64(long value)
    {
        while (value is < -64 or > 63)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add((byte)(value & 0x7F));
    }

    public void Fixed(ulong bits, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _bytes.Add((byte)(bits >> (8 * i)));
        }
    }

    public void Name(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        U32(bytes.Length);
        Bytes(bytes);
    }

    public void Sized(ByteWriter content)
    {
        U32(content.Length);
        _bytes.AddRange(content._bytes);
    }
}
