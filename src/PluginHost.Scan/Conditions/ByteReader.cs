using System.Buffers.Binary;
using System.Collections.Frozen;

namespace PluginHost.Scan.Conditions;

/// <summary>A function that reads a whole number out of what is scanned.</summary>
/// <param name="size">Bytes that it reads.</param>
/// <param name="isBig">Whether the first byte weighs most.</param>
/// <param name="isSigned">Whether the first bit is a sign.</param>
internal sealed class ByteReader(int size, bool isBig, bool isSigned)
{
    private static readonly FrozenDictionary<string, ByteReader> All =
        (from size in new[] { 1, 2, 4 }
         from isBig in new[] { false, true }
         from isSigned in new[] { false, true }
         select KeyValuePair.Create($"{(isSigned ? "" : "u")}int{size * 8}{(isBig ? "be" : "")}", new ByteReader(size, isBig, isSigned))).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The one with a name; null where there is none.</summary>
    public static ByteReader? Named(string name) => All.GetValueOrDefault(name);

    /// <summary>The number at an offset; nothing where not all of it is there.</summary>
    public Value Read(ReadOnlySpan<byte> data, long offset)
    {
        if (offset < 0 || offset > data.Length - size)
        {
            return default;
        }

        var at = (int)offset;
        var bits = size switch
        {
            1 => data[at],
            2 => isBig ? BinaryPrimitives.ReadUInt16BigEndian(data[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(data[at..]),
            _ => isBig ? BinaryPrimitives.ReadUInt32BigEndian(data[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(data[at..]),
        };
        return Value.Of(!isSigned ? bits : size switch { 1 => (sbyte)bits, 2 => (short)bits, _ => (int)bits });
    }
}
