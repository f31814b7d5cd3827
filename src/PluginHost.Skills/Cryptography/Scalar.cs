using System.Buffers.Binary;

namespace PluginHost.Skills.Cryptography;

/// <summary>Numbers modulo L, the order of the base point. No operation branches on the value.</summary>
internal static class Scalar
{
    private const int Limbs = 4;

    /// <summary>L = 2^252 + 27742317777372353535851937790883648493, lowest limb first.</summary>
    private static ReadOnlySpan<ulong> Order => [0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0, 0x1000000000000000];

    /// <summary>Whether 32 bytes, little-endian, are below L.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> value = stackalloc ulong[Limbs];
        Read(bytes, value);
        Span<ulong> difference = stackalloc ulong[Limbs];
        return Subtract(value, Order, difference) != 0;
    }

    /// <summary>64 bytes, little-endian, modulo L.</summary>
    public static void Reduce(ReadOnlySpan<byte> wide, Span<byte> into)
    {
        Span<ulong> limbs = stackalloc ulong[2 * Limbs];
        Read(wide, limbs);
        Reduce(limbs, into);
        limbs.Clear();
    }

    /// <summary>a * b + c modulo L, each of 32 bytes.</summary>
    public static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> into)
    {
        Span<ulong> x = stackalloc ulong[Limbs];
        Span<ulong> y = stackalloc ulong[Limbs];
        Span<ulong> sum = stackalloc ulong[2 * Limbs];
        Read(a, x);
        Read(b, y);
        Read(c, sum[..Limbs]);
        sum[Limbs..].Clear();
        for (var i = 0; i < Limbs; i++)
        {
            ulong carry = 0;
            for (var j = 0; j < Limbs; j++)
            {
                var product = ((UInt128)x[i] * y[j]) + sum[i + j] + carry;
                sum[i + j] = (ulong)product;
                carry = (ulong)(product >> 64);
            }

            for (var j = i + Limbs; j < sum.Length; j++)
            {
                var next = (UInt128)sum[j] + carry;
                sum[j] = (ulong)next;
                carry = (ulong)(next >> 64);
            }
        }

        Reduce(sum, into);
        x.Clear();
        y.Clear();
        sum.Clear();
    }

    /// <summary>Long division, a bit at a time: the remainder is doubled, takes the next bit, and L is taken off where it fits.</summary>
    private static void Reduce(ReadOnlySpan<ulong> wide, Span<byte> into)
    {
        Span<ulong> remainder = stackalloc ulong[Limbs];
        Span<ulong> less = stackalloc ulong[Limbs];
        remainder.Clear();
        for (var bit = (wide.Length * 64) - 1; bit >= 0; bit--)
        {
            var carry = (wide[bit >> 6] >> (bit & 63)) & 1;
            for (var i = 0; i < Limbs; i++)
            {
                var next = remainder[i] >> 63;
                remainder[i] = (remainder[i] << 1) | carry;
                carry = next;
            }

            var keep = Subtract(remainder, Order, less);
            for (var i = 0; i < Limbs; i++)
            {
                remainder[i] = less[i] ^ (keep & (less[i] ^ remainder[i]));
            }
        }

        for (var i = 0; i < Limbs; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(into[(8 * i)..], remainder[i]);
        }

        remainder.Clear();
        less.Clear();
    }

    /// <summary>x - y.</summary>
    /// <returns>All ones if y is the larger, else zero.</returns>
    private static ulong Subtract(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> difference)
    {
        ulong borrow = 0;
        for (var i = 0; i < Limbs; i++)
        {
            var step = (UInt128)x[i] - y[i] - borrow;
            difference[i] = (ulong)step;
            borrow = (ulong)(step >> 64) & 1;
        }

        return 0 - borrow;
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
        }
    }
}
