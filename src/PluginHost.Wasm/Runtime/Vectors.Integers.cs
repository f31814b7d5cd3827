using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PluginHost.Wasm.Runtime;

/// <content>Arithmetic on lanes of integers.</content>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Add(Vector128<byte> a, Vector128<byte> b) => (a.AsSByte() + b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsSByte() - b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Neg(Vector128<byte> a) => (Vector128<sbyte>.Zero - a.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Abs(Vector128<byte> a)
    {
        var sign = a.AsSByte() >> 7;
        return ((a.AsSByte() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Shl(Vector128<byte> a, int count) => (a.AsSByte() << (count & 7)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16ShrS(Vector128<byte> a, int count) => (a.AsSByte() >> (count & 7)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16ShrU(Vector128<byte> a, int count) => (a.AsByte() >>> (count & 7)).AsByte();

    [MethodImpl(Inline)]
    public static int I8x16AllTrue(Vector128<byte> a) => Vector128.EqualsAny(a.AsSByte(), Vector128<sbyte>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I8x16Bitmask(Vector128<byte> a) => (int)a.AsSByte().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16MinS(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16MaxS(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16MinU(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsByte(), b.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16MaxU(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsByte(), b.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16AddSatS(Vector128<byte> a, Vector128<byte> b) => Vector128.AddSaturate(a.AsSByte(), b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16SubSatS(Vector128<byte> a, Vector128<byte> b) => Vector128.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16AddSatU(Vector128<byte> a, Vector128<byte> b) => Vector128.AddSaturate(a.AsByte(), b.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16SubSatU(Vector128<byte> a, Vector128<byte> b) => Vector128.SubtractSaturate(a.AsByte(), b.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16AvgrU(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.Average(a, b)
        : ((a.AsByte() | b.AsByte()) - ((a.AsByte() ^ b.AsByte()) >>> 1)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Add(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() + b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Mul(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() * b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Neg(Vector128<byte> a) => (Vector128<short>.Zero - a.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Abs(Vector128<byte> a)
    {
        var sign = a.AsInt16() >> 15;
        return ((a.AsInt16() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Shl(Vector128<byte> a, int count) => (a.AsInt16() << (count & 15)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ShrS(Vector128<byte> a, int count) => (a.AsInt16() >> (count & 15)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ShrU(Vector128<byte> a, int count) => (a.AsUInt16() >>> (count & 15)).AsByte();

    [MethodImpl(Inline)]
    public static int I16x8AllTrue(Vector128<byte> a) => Vector128.EqualsAny(a.AsInt16(), Vector128<short>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I16x8Bitmask(Vector128<byte> a) => (int)a.AsInt16().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8MinS(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8MaxS(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8MinU(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8MaxU(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8AddSatS(Vector128<byte> a, Vector128<byte> b) => Vector128.AddSaturate(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8SubSatS(Vector128<byte> a, Vector128<byte> b) => Vector128.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8AddSatU(Vector128<byte> a, Vector128<byte> b) => Vector128.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8SubSatU(Vector128<byte> a, Vector128<byte> b) => Vector128.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8AvgrU(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.Average(a.AsUInt16(), b.AsUInt16()).AsByte()
        : ((a.AsUInt16() | b.AsUInt16()) - ((a.AsUInt16() ^ b.AsUInt16()) >>> 1)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Add(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() + b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() - b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Mul(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() * b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Neg(Vector128<byte> a) => (Vector128<int>.Zero - a.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Abs(Vector128<byte> a)
    {
        var sign = a.AsInt32() >> 31;
        return ((a.AsInt32() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Shl(Vector128<byte> a, int count) => (a.AsInt32() << (count & 31)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ShrS(Vector128<byte> a, int count) => (a.AsInt32() >> (count & 31)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ShrU(Vector128<byte> a, int count) => (a.AsUInt32() >>> (count & 31)).AsByte();

    [MethodImpl(Inline)]
    public static int I32x4AllTrue(Vector128<byte> a) => Vector128.EqualsAny(a.AsInt32(), Vector128<int>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I32x4Bitmask(Vector128<byte> a) => (int)a.AsInt32().ExtractMostSignificantBits();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4MinS(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4MaxS(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4MinU(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4MaxU(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Add(Vector128<byte> a, Vector128<byte> b) => (a.AsInt64() + b.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsInt64() - b.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Mul(Vector128<byte> a, Vector128<byte> b) => (a.AsInt64() * b.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Neg(Vector128<byte> a) => (Vector128<long>.Zero - a.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Abs(Vector128<byte> a)
    {
        var sign = a.AsInt64() >> 63;
        return ((a.AsInt64() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Shl(Vector128<byte> a, int count) => (a.AsInt64() << (count & 63)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ShrS(Vector128<byte> a, int count) => (a.AsInt64() >> (count & 63)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ShrU(Vector128<byte> a, int count) => (a.AsUInt64() >>> (count & 63)).AsByte();

    [MethodImpl(Inline)]
    public static int I64x2AllTrue(Vector128<byte> a) => Vector128.EqualsAny(a.AsInt64(), Vector128<long>.Zero) ? 0 : 1;

    [MethodImpl(Inline)]
    public static int I64x2Bitmask(Vector128<byte> a) => (int)a.AsInt64().ExtractMostSignificantBits();

    /// <summary>Bits of each byte, counted in pairs, then fours, then eights.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Popcnt(Vector128<byte> a)
    {
        var pairs = a - ((a >>> 1) & Vector128.Create((byte)0x55));
        var fours = (pairs & Vector128.Create((byte)0x33)) + ((pairs >>> 2) & Vector128.Create((byte)0x33));
        return (fours + (fours >>> 4)) & Vector128.Create((byte)0x0F);
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Q15mulrSatS(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(
        Q15(Vector128.WidenLower(a.AsInt16()), Vector128.WidenLower(b.AsInt16())),
        Q15(Vector128.WidenUpper(a.AsInt16()), Vector128.WidenUpper(b.AsInt16()))).AsByte();

    /// <summary>Products of neighbours, added. The low half of a 32-bit lane is one factor, the high half the other.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4DotI16x8S(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16()).AsByte()
        : ((Even(a) * Even(b)) + (Odd(a) * Odd(b))).AsByte();

    [MethodImpl(Inline)]
    private static Vector128<int> Q15(Vector128<int> a, Vector128<int> b) =>
        Vector128.Min(((a * b) + Vector128.Create(0x4000)) >> 15, Vector128.Create((int)short.MaxValue));

    [MethodImpl(Inline)]
    private static Vector128<int> Even(Vector128<byte> a) => (a.AsInt32() << 16) >> 16;

    [MethodImpl(Inline)]
    private static Vector128<int> Odd(Vector128<byte> a) => a.AsInt32() >> 16;
}
