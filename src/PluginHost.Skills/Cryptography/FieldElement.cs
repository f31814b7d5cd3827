using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace PluginHost.Skills.Cryptography;

/// <summary>
/// A number modulo 2^255 - 19, in five limbs of 51 bits. No operation branches on, or indexes by, the value. Limbs stay
/// below 2^54 between operations, which is what a multiplication bears.
/// </summary>
internal readonly struct FieldElement
{
    private const ulong Mask = (1ul << 51) - 1;
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;
    private readonly ulong _e;

    private FieldElement(ulong a, ulong b, ulong c, ulong d, ulong e)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
        _e = e;
    }

    public static FieldElement Zero => default;

    public static FieldElement One => FromInt(1);

    /// <summary>Whether the canonical form is odd: the sign of RFC 8032 5.1.2.</summary>
    public bool IsNegative
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            Write(bytes);
            return (bytes[0] & 1) != 0;
        }
    }

    public bool IsZero
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            Write(bytes);
            return bytes.IndexOfAnyExcept((byte)0) < 0;
        }
    }

    public static FieldElement operator +(in FieldElement x, in FieldElement y) =>
        Carried(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d, x._e + y._e);

    /// <summary>Adds 8p first, so that no limb runs below zero.</summary>
    public static FieldElement operator -(in FieldElement x, in FieldElement y) => Carried(
        x._a + 0x3FFFFFFFFFFF68 - y._a,
        x._b + 0x3FFFFFFFFFFFF8 - y._b,
        x._c + 0x3FFFFFFFFFFFF8 - y._c,
        x._d + 0x3FFFFFFFFFFFF8 - y._d,
        x._e + 0x3FFFFFFFFFFFF8 - y._e);

    public static FieldElement operator -(in FieldElement x) => Zero - x;

    public static FieldElement operator *(in FieldElement x, in FieldElement y)
    {
        // What exceeds 2^255 comes back times 19.
        ulong xa = x._a, xb = x._b, xc = x._c, xd = x._d, xe = x._e;
        ulong ya = y._a, yb = y._b, yc = y._c, yd = y._d, ye = y._e;
        ulong b19 = yb * 19, c19 = yc * 19, d19 = yd * 19, e19 = ye * 19;
        ulong h0 = High(xa, ya), l0 = xa * ya;
        Add(ref h0, ref l0, xb, e19);
        Add(ref h0, ref l0, xc, d19);
        Add(ref h0, ref l0, xd, c19);
        Add(ref h0, ref l0, xe, b19);
        ulong h1 = High(xa, yb), l1 = xa * yb;
        Add(ref h1, ref l1, xb, ya);
        Add(ref h1, ref l1, xc, e19);
        Add(ref h1, ref l1, xd, d19);
        Add(ref h1, ref l1, xe, c19);
        ulong h2 = High(xa, yc), l2 = xa * yc;
        Add(ref h2, ref l2, xb, yb);
        Add(ref h2, ref l2, xc, ya);
        Add(ref h2, ref l2, xd, e19);
        Add(ref h2, ref l2, xe, d19);
        ulong h3 = High(xa, yd), l3 = xa * yd;
        Add(ref h3, ref l3, xb, yc);
        Add(ref h3, ref l3, xc, yb);
        Add(ref h3, ref l3, xd, ya);
        Add(ref h3, ref l3, xe, e19);
        ulong h4 = High(xa, ye), l4 = xa * ye;
        Add(ref h4, ref l4, xb, yd);
        Add(ref h4, ref l4, xc, yc);
        Add(ref h4, ref l4, xd, yb);
        Add(ref h4, ref l4, xe, ya);
        return Reduced(l0, h0, l1, h1, l2, h2, l3, h3, l4, h4);
    }

    public static FieldElement FromInt(uint value) => new(value, 0, 0, 0, 0);

    /// <summary>Reads 32 bytes, little-endian; the highest bit is ignored, and numbers from p on wrap around.</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes)
    {
        var w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new FieldElement(
            w0 & Mask,
            ((w0 >> 51) | (w1 << 13)) & Mask,
            ((w1 >> 38) | (w2 << 26)) & Mask,
            ((w2 >> 25) | (w3 << 39)) & Mask,
            (w3 >> 12) & Mask);
    }

    /// <summary>Writes the canonical form.</summary>
    public void Write(Span<byte> into)
    {
        var reduced = Carried(_a, _b, _c, _d, _e);

        // The quotient by p is 0 or 1; it is found by adding 19 and looking for a carry out of bit 255.
        var quotient = (reduced._a + 19) >> 51;
        quotient = (reduced._b + quotient) >> 51;
        quotient = (reduced._c + quotient) >> 51;
        quotient = (reduced._d + quotient) >> 51;
        quotient = (reduced._e + quotient) >> 51;
        var a = reduced._a + (19 * quotient);
        var b = reduced._b + (a >> 51);
        var c = reduced._c + (b >> 51);
        var d = reduced._d + (c >> 51);
        var e = (reduced._e + (d >> 51)) & Mask;
        a &= Mask;
        b &= Mask;
        c &= Mask;
        d &= Mask;
        BinaryPrimitives.WriteUInt64LittleEndian(into, a | (b << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], (b >> 13) | (c << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], (c >> 26) | (d << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], (d >> 39) | (e << 12));
    }

    /// <summary>One of two, by a mask that is all ones for the second and zero for the first.</summary>
    public static FieldElement Select(in FieldElement first, in FieldElement second, ulong mask) => new(
        first._a ^ (mask & (first._a ^ second._a)),
        first._b ^ (mask & (first._b ^ second._b)),
        first._c ^ (mask & (first._c ^ second._c)),
        first._d ^ (mask & (first._d ^ second._d)),
        first._e ^ (mask & (first._e ^ second._e)));

    /// <summary>The square: products that stand twice in it are made once.</summary>
    public FieldElement Squared()
    {
        ulong a = _a, b = _b, c = _c, d = _d, e = _e;
        ulong a2 = a * 2, b2 = b * 2, c2 = c * 2, d2 = d * 2, d19 = d * 19, e19 = e * 19;
        ulong h0 = High(a, a), l0 = a * a;
        Add(ref h0, ref l0, b2, e19);
        Add(ref h0, ref l0, c2, d19);
        ulong h1 = High(a2, b), l1 = a2 * b;
        Add(ref h1, ref l1, c2, e19);
        Add(ref h1, ref l1, d, d19);
        ulong h2 = High(a2, c), l2 = a2 * c;
        Add(ref h2, ref l2, b, b);
        Add(ref h2, ref l2, d2, e19);
        ulong h3 = High(a2, d), l3 = a2 * d;
        Add(ref h3, ref l3, b2, c);
        Add(ref h3, ref l3, e, e19);
        ulong h4 = High(a2, e), l4 = a2 * e;
        Add(ref h4, ref l4, b2, d);
        Add(ref h4, ref l4, c, c);
        return Reduced(l0, h0, l1, h1, l2, h2, l3, h3, l4, h4);
    }

    /// <summary>The inverse, by Fermat: the power p - 2. Zero stays zero.</summary>
    public FieldElement Inverted()
    {
        var (power250, power11) = Powers();
        return Squared(power250, 5) * power11;
    }

    /// <summary>The power (p - 5) / 8, of which square roots are made.</summary>
    public FieldElement Power22523()
    {
        var (power250, _) = Powers();
        return Squared(power250, 2) * this;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref ulong high, ref ulong low, ulong x, ulong y)
    {
        var product = x * y;
        low += product;
        high += High(x, y) + (low < product ? 1ul : 0);
    }

    /// <summary>The upper half of a product. Two instructions that stay in registers beat one that stores its lower half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong x, ulong y) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y)
        : ArmBase.Arm64.IsSupported ? ArmBase.Arm64.MultiplyHigh(x, y)
        : Math.BigMul(x, y, out _);

    /// <summary>Carries what five sums of products have above 51 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Reduced(ulong l0, ulong h0, ulong l1, ulong h1, ulong l2, ulong h2, ulong l3, ulong h3, ulong l4, ulong h4)
    {
        Carry(l0, h0, ref l1, ref h1);
        Carry(l1, h1, ref l2, ref h2);
        Carry(l2, h2, ref l3, ref h3);
        Carry(l3, h3, ref l4, ref h4);
        var a = (l0 & Mask) + (((h4 << 13) | (l4 >> 51)) * 19);
        return new FieldElement(a & Mask, (l1 & Mask) + (a >> 51), l2 & Mask, l3 & Mask, l4 & Mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ulong low, ulong high, ref ulong nextLow, ref ulong nextHigh)
    {
        var carry = (high << 13) | (low >> 51);
        nextLow += carry;
        nextHigh += nextLow < carry ? 1ul : 0;
    }

    private static FieldElement Squared(FieldElement x, int times)
    {
        for (var i = 0; i < times; i++)
        {
            x = x.Squared();
        }

        return x;
    }

    private static FieldElement Carried(ulong a, ulong b, ulong c, ulong d, ulong e)
    {
        b += a >> 51;
        a &= Mask;
        c += b >> 51;
        b &= Mask;
        d += c >> 51;
        c &= Mask;
        e += d >> 51;
        d &= Mask;
        a += (e >> 51) * 19;
        e &= Mask;
        b += a >> 51;
        a &= Mask;
        return new FieldElement(a, b, c, d, e);
    }

    /// <summary>The powers 2^250 - 1 and 11.</summary>
    private (FieldElement Power250, FieldElement Power11) Powers()
    {
        var x2 = Squared();
        var x9 = Squared(x2, 2) * this;
        var x11 = x9 * x2;
        var x5 = x11.Squared() * x9;
        var x10 = Squared(x5, 5) * x5;
        var x20 = Squared(x10, 10) * x10;
        var x40 = Squared(x20, 20) * x20;
        var x50 = Squared(x40, 10) * x10;
        var x100 = Squared(x50, 50) * x50;
        var x200 = Squared(x100, 100) * x100;
        return (Squared(x200, 50) * x50, x11);
    }
}
