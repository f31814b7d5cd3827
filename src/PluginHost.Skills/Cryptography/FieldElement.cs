using System.Buffers.Binary;

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

    public static FieldElement operator +(FieldElement x, FieldElement y) =>
        Carried(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d, x._e + y._e);

    /// <summary>Adds 8p first, so that no limb runs below zero.</summary>
    public static FieldElement operator -(FieldElement x, FieldElement y) => Carried(
        x._a + 0x3FFFFFFFFFFF68 - y._a,
        x._b + 0x3FFFFFFFFFFFF8 - y._b,
        x._c + 0x3FFFFFFFFFFFF8 - y._c,
        x._d + 0x3FFFFFFFFFFFF8 - y._d,
        x._e + 0x3FFFFFFFFFFFF8 - y._e);

    public static FieldElement operator -(FieldElement x) => Zero - x;

    public static FieldElement operator *(FieldElement x, FieldElement y)
    {
        // What exceeds 2^255 comes back times 19.
        ulong b19 = y._b * 19, c19 = y._c * 19, d19 = y._d * 19, e19 = y._e * 19;
        var r0 = Product(x._a, y._a) + Product(x._b, e19) + Product(x._c, d19) + Product(x._d, c19) + Product(x._e, b19);
        var r1 = Product(x._a, y._b) + Product(x._b, y._a) + Product(x._c, e19) + Product(x._d, d19) + Product(x._e, c19);
        var r2 = Product(x._a, y._c) + Product(x._b, y._b) + Product(x._c, y._a) + Product(x._d, e19) + Product(x._e, d19);
        var r3 = Product(x._a, y._d) + Product(x._b, y._c) + Product(x._c, y._b) + Product(x._d, y._a) + Product(x._e, e19);
        var r4 = Product(x._a, y._e) + Product(x._b, y._d) + Product(x._c, y._c) + Product(x._d, y._b) + Product(x._e, y._a);

        r1 += (ulong)(r0 >> 51);
        r2 += (ulong)(r1 >> 51);
        r3 += (ulong)(r2 >> 51);
        r4 += (ulong)(r3 >> 51);
        return Carried(
            ((ulong)r0 & Mask) + ((ulong)(r4 >> 51) * 19), (ulong)r1 & Mask, (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask);
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
    public static FieldElement Select(FieldElement first, FieldElement second, ulong mask) => new(
        first._a ^ (mask & (first._a ^ second._a)),
        first._b ^ (mask & (first._b ^ second._b)),
        first._c ^ (mask & (first._c ^ second._c)),
        first._d ^ (mask & (first._d ^ second._d)),
        first._e ^ (mask & (first._e ^ second._e)));

    public FieldElement Squared() => this * this;

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

    private static UInt128 Product(ulong x, ulong y) => (UInt128)x * y;

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
