using System.Buffers.Binary;
using System.Text;

namespace PluginHost.Wasm.Binary;

/// <summary>Reads the primitives of the binary format (spec 5.2) from a bounded window, strictly.</summary>
internal ref struct WasmReader(ReadOnlySpan<byte> bytes, int start, int end)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; } = start;

    public int End { get; } = end;

    public readonly bool AtEnd => Position >= End;

    public readonly int Remaining => End - Position;

    public readonly WasmMalformedException Malformed(string message) => new(message, Position);

    public byte Byte()
    {
        if (Position >= End)
        {
            throw Malformed("unexpected end");
        }

        return _bytes[Position++];
    }

    public readonly byte PeekByte() => Position < End ? _bytes[Position] : throw Malformed("unexpected end");

    public uint U32()
    {
        // One byte is by far the most frequent form.
        if (Position < End && _bytes[Position] < 0x80)
        {
            return _bytes[Position++];
        }

        uint result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            if (shift == 28 && next > 0x0F)
            {
                throw Malformed((next & 0x80) != 0 ? "integer representation too long" : "integer too large");
            }

            result |= (uint)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return result;
            }
        }
    }

    public int S32() => (int)Signed(32);

    public long S33() => Signed(33);

    public long S64() => Signed(64);

    public uint F32Bits()
    {
        return BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
    }

    public ulong F64Bits()
    {
        return BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw Malformed("unexpected end");
        }

        var slice = _bytes.Slice(Position, count);
        Position += count;
        return slice;
    }

    public int Length(string what)
    {
        var length = U32();
        if (length > (uint)Remaining)
        {
            throw Malformed($"length out of bounds: unexpected end of {what}");
        }

        return (int)length;
    }

    public string Name(int maxBytes)
    {
        var length = U32();
        if (length > (uint)Remaining)
        {
            throw Malformed("length out of bounds: unexpected end of a name");
        }

        if (length > (uint)maxBytes)
        {
            throw new WasmLimitException(nameof(WasmLimits.NameBytes), length, maxBytes, Position);
        }

        try
        {
            return StrictUtf8.GetString(Bytes((int)length));
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("malformed UTF-8 encoding");
        }
    }

    public int Count(string limit, int max, int minimumEntryBytes = 1)
    {
        var count = U32();
        if (count > (uint)max)
        {
            // A count that its own section cannot hold is malformed rather than large.
            if ((long)count * minimumEntryBytes > Remaining)
            {
                throw Malformed("length out of bounds: unexpected end");
            }

            throw new WasmLimitException(limit, count, max, Position);
        }

        return (int)count;
    }

    public ValType ValueType()
    {
        var code = Byte();
        return code switch
        {
            0x7F => ValType.I32,
            0x7E => ValType.I64,
            0x7D => ValType.F32,
            0x7C => ValType.F64,
            0x70 => ValType.FuncRef,
            0x6F => ValType.ExternRef,
            0x7B => ValType.V128,
            0x6E or 0x6D or 0x6C or 0x6B or 0x6A or 0x71 or 0x72 or 0x73 => throw new WasmUnsupportedException("gc", Position - 1),
            0x63 or 0x64 => throw new WasmUnsupportedException("function-references", Position - 1),
            0x69 or 0x74 => throw new WasmUnsupportedException("exception-handling", Position - 1),
            _ => throw new WasmMalformedException($"malformed value type 0x{code:x2}", Position - 1),
        };
    }

    public ValType ReferenceType()
    {
        var at = Position;
        var type = ValueType();
        return type.IsReference() ? type : throw new WasmMalformedException("malformed reference type", at);
    }

    private long Signed(int bits)
    {
        long result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            var left = bits - shift;
            if (left < 7)
            {
                // In the last byte the bits beyond the value must repeat its sign.
                if ((next & 0x80) != 0)
                {
                    throw Malformed("integer representation too long");
                }

                var sign = (sbyte)(next << 1) >> left;
                if (sign is not (0 or -1))
                {
                    throw Malformed("integer too large");
                }
            }

            result |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                var used = shift + 7;
                return used < 64 ? result << (64 - used) >> (64 - used) : result;
            }
        }
    }
}
