using System.Buffers.Binary;

namespace PluginHost.Skills.Cryptography;

/// <summary>Numbers modulo L, the order of the base point. No operation branches on the value.</summary>
internal static class Scalar
{
    /// <summary>Signed digits of a scalar, with one for the last carry.</summary>
    public const int DigitCount = 256;

    private const int Limbs = 4;
    private const int LimbBits = 21;
    private const int WideLimbs = 24;
    private const int NarrowLimbs = 12;
    private const ulong LimbMask = (1ul << LimbBits) - 1;

    /// <summary>L = 2^252 + 27742317777372353535851937790883648493, lowest limb first.</summary>
    private static ReadOnlySpan<ulong> Order => [0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0, 0x1000000000000000];

    /// <summary>2^252 modulo L in limbs of 21 bits.</summary>
    private static ReadOnlySpan<long> Folded => [666_643, 470_296, 654_183, -997_805, 136_657, -683_901];

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

    /// <summary>
    /// In 24 limbs of 21 bits: 2^252 is -c modulo L, so what stands at or above bit 252 comes back at six places below, with carries in between.
    /// </summary>
    private static void Reduce(ReadOnlySpan<ulong> wide, Span<byte> into)
    {
        Span<long> limbs = stackalloc long[WideLimbs];
        for (var i = 0; i < WideLimbs; i++)
        {
            var bit = i * LimbBits;
            var value = wide[bit >> 6] >> (bit & 63);
            if ((bit & 63) > 64 - LimbBits && (bit >> 6) + 1 < wide.Length)
            {
                value |= wide[(bit >> 6) + 1] << (64 - (bit & 63));
            }

            limbs[i] = (long)(i == WideLimbs - 1 ? value : value & LimbMask);
        }

        Fold(limbs, 23, 18);
        Carry(limbs, 6, 16, 2, rounded: true);
        Carry(limbs, 7, 15, 2, rounded: true);
        Fold(limbs, 17, 12);
        Carry(limbs, 0, 10, 2, rounded: true);
        Carry(limbs, 1, 11, 2, rounded: true);
        Fold(limbs, 12, 12);
        Carry(limbs, 0, 11, 1, rounded: false);
        Fold(limbs, 12, 12);
        Carry(limbs, 0, 10, 1, rounded: false);
        Span<ulong> words = stackalloc ulong[Limbs];
        words.Clear();
        for (var i = 0; i < NarrowLimbs; i++)
        {
            var bit = i * LimbBits;
            words[bit >> 6] |= (ulong)limbs[i] << (bit & 63);
            if ((bit & 63) > 64 - LimbBits && (bit >> 6) + 1 < Limbs)
            {
                words[(bit >> 6) + 1] |= (ulong)limbs[i] >> (64 - (bit & 63));
            }
        }

        for (var i = 0; i < Limbs; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(into[(8 * i)..], words[i]);
        }

        limbs.Clear();
        words.Clear();
    }

    private static void Fold(Span<long> limbs, int from, int downTo)
    {
        for (var i = from; i >= downTo; i--)
        {
            for (var j = 0; j < Folded.Length; j++)
            {
                limbs[i - NarrowLimbs + j] += limbs[i] * Folded[j];
            }

            limbs[i] = 0;
        }
    }

    private static void Carry(Span<long> limbs, int from, int to, int step, bool rounded)
    {
        for (var i = from; i <= to; i += step)
        {
            var carry = (limbs[i] + (rounded ? 1L << (LimbBits - 1) : 0)) >> LimbBits;
            limbs[i + 1] += carry;
            limbs[i] -= carry << LimbBits;
        }
    }

    /// <summary>L, little-endian.</summary>
    public static byte[] OrderBytes()
    {
        var bytes = new byte[8 * Limbs];
        for (var i = 0; i < Limbs; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), Order[i]);
        }

        return bytes;
    }

    /// <summary>
    /// The signed digits of a public scalar (non-adjacent form): each is zero or odd, and after one that is not zero come at least width - 1 that are.
    /// </summary>
    public static void Digits(ReadOnlySpan<byte> scalar, int width, Span<sbyte> digits)
    {
        Span<ulong> words = stackalloc ulong[Limbs + 1];
        Read(scalar, words[..Limbs]);
        words[Limbs] = 0;
        digits.Clear();
        var carry = 0ul;
        for (var at = 0; at < DigitCount;)
        {
            var bits = words[at >> 6] >> (at & 63);
            bits |= (at & 63) > 64 - width && (at >> 6) < Limbs ? words[(at >> 6) + 1] << (64 - (at & 63)) : 0;
            var window = carry + (bits & ((1ul << width) - 1));
            if ((window & 1) == 0)
            {
                at++;
                continue;
            }

            carry = window >> (width - 1) & 1;
            digits[at] = (sbyte)((long)window - ((long)carry << width));
            at += width;
        }
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
