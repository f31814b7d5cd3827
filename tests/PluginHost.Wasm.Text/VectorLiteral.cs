using System.Buffers.Binary;

namespace PluginHost.Wasm.Text;

/// <summary>A vector as the text format writes it: the shape, then a number for each lane (spec 6.5.10).</summary>
internal static class VectorLiteral
{
    public const int Bytes = 16;

    /// <summary>Width of a lane in bits, and whether lanes are floats; null for what is no shape.</summary>
    public static (int Bits, bool IsFloat)? Shape(string text) => text switch
    {
        "i8x16" => (8, false),
        "i16x8" => (16, false),
        "i32x4" => (32, false),
        "i64x2" => (64, false),
        "f32x4" => (32, true),
        "f64x2" => (64, true),
        _ => null,
    };

    /// <summary>Reads shape and lanes.</summary>
    /// <returns>The vector's bytes, lane 0 first.</returns>
    public static byte[] Read(Cursor cursor)
    {
        var shape = cursor.Next("a shape");
        var (bits, isFloat) = Shape(shape.Text) ?? throw shape.Unexpected("a shape");
        var bytes = new byte[Bytes];
        for (var at = 0; at < Bytes; at += bits / 8)
        {
            var node = cursor.Next("a lane");
            var value = (isFloat ? Numbers.Float(node.Text, bits) : Numbers.Integer(node.Text, bits))
                ?? throw new TextSyntaxException($"unknown operator or constant out of range: {node.Text}", node.Line);
            Write(bytes.AsSpan(at), value, bits);
        }

        return bytes;
    }

    private static void Write(Span<byte> into, ulong value, int bits)
    {
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(whole, value);
        whole[..(bits / 8)].CopyTo(into);
    }
}
