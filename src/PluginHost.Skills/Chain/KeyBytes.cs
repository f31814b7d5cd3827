using System.Buffers;
using System.Buffers.Binary;

namespace PluginHost.Skills.Chain;

/// <summary>A public key as a key of tables: small, and hashed so that nobody can choose keys that meet in one place.</summary>
internal readonly record struct KeyBytes(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Bytes of a key.</summary>
    public const int Count = 32;

    /// <summary>Reads hexadecimal digits; null where they are none.</summary>
    public static KeyBytes? Of(ReadOnlySpan<byte> hex)
    {
        Span<byte> key = stackalloc byte[Count];
        return hex.Length == 2 * Count && Convert.FromHexString(hex, key, out _, out var count) == OperationStatus.Done && count == Count
            ? new KeyBytes(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[8..]), BinaryPrimitives.ReadUInt64BigEndian(key[16..]), BinaryPrimitives.ReadUInt64BigEndian(key[24..]))
            : null;
    }

    /// <summary>Likewise.</summary>
    public static KeyBytes? Of(string hex) => hex.Length == 2 * Count && System.Text.Ascii.IsValid(hex) ? Of(System.Text.Encoding.ASCII.GetBytes(hex)) : null;

    public override int GetHashCode() => HashCode.Combine(A, B, C, D);
}
