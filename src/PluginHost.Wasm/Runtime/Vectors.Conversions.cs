using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PluginHost.Wasm.Runtime;

/// <content>Lanes of one width or kind to another.</content>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtendLowI8x16S(Vector128<byte> a) => Vector128.WidenLower(a.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtmulLowI8x16S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsSByte()) * Vector128.WidenLower(b.AsSByte())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtendLowI8x16U(Vector128<byte> a) => Vector128.WidenLower(a.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtmulLowI8x16U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsByte()) * Vector128.WidenLower(b.AsByte())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtendHighI8x16S(Vector128<byte> a) => Vector128.WidenUpper(a.AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtmulHighI8x16S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsSByte()) * Vector128.WidenUpper(b.AsSByte())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtendHighI8x16U(Vector128<byte> a) => Vector128.WidenUpper(a.AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtmulHighI8x16U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsByte()) * Vector128.WidenUpper(b.AsByte())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtendLowI16x8S(Vector128<byte> a) => Vector128.WidenLower(a.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtmulLowI16x8S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtendLowI16x8U(Vector128<byte> a) => Vector128.WidenLower(a.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtmulLowI16x8U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsUInt16()) * Vector128.WidenLower(b.AsUInt16())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtendHighI16x8S(Vector128<byte> a) => Vector128.WidenUpper(a.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtmulHighI16x8S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtendHighI16x8U(Vector128<byte> a) => Vector128.WidenUpper(a.AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtmulHighI16x8U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsUInt16()) * Vector128.WidenUpper(b.AsUInt16())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtendLowI32x4S(Vector128<byte> a) => Vector128.WidenLower(a.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulLowI32x4S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsInt32()) * Vector128.WidenLower(b.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtendLowI32x4U(Vector128<byte> a) => Vector128.WidenLower(a.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulLowI32x4U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenLower(a.AsUInt32()) * Vector128.WidenLower(b.AsUInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtendHighI32x4S(Vector128<byte> a) => Vector128.WidenUpper(a.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulHighI32x4S(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsInt32()) * Vector128.WidenUpper(b.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtendHighI32x4U(Vector128<byte> a) => Vector128.WidenUpper(a.AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulHighI32x4U(Vector128<byte> a, Vector128<byte> b) => (Vector128.WidenUpper(a.AsUInt32()) * Vector128.WidenUpper(b.AsUInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16S(Vector128<byte> a) => (((a.AsInt16() << 8) >> 8) + (a.AsInt16() >> 8)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16U(Vector128<byte> a) => (((a.AsUInt16() << 8) >>> 8) + (a.AsUInt16() >>> 8)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8S(Vector128<byte> a) => (((a.AsInt32() << 16) >> 16) + (a.AsInt32() >> 16)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8U(Vector128<byte> a) => (((a.AsUInt32() << 16) >>> 16) + (a.AsUInt32() >>> 16)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16NarrowI16x8S(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.PackSignedSaturate(a.AsInt16(), b.AsInt16()).AsByte()
        : Vector128.Narrow(Clamped(a.AsInt16(), sbyte.MinValue, sbyte.MaxValue), Clamped(b.AsInt16(), sbyte.MinValue, sbyte.MaxValue)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16NarrowI16x8U(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.PackUnsignedSaturate(a.AsInt16(), b.AsInt16())
        : Vector128.Narrow(Clamped(a.AsInt16(), 0, byte.MaxValue).AsUInt16(), Clamped(b.AsInt16(), 0, byte.MaxValue).AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8NarrowI32x4S(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.PackSignedSaturate(a.AsInt32(), b.AsInt32()).AsByte()
        : Vector128.Narrow(Clamped(a.AsInt32(), short.MinValue, short.MaxValue), Clamped(b.AsInt32(), short.MinValue, short.MaxValue)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8NarrowI32x4U(Vector128<byte> a, Vector128<byte> b) => Sse41.IsSupported
        ? Sse41.PackUnsignedSaturate(a.AsInt32(), b.AsInt32()).AsByte()
        : Vector128.Narrow(Clamped(a.AsInt32(), 0, ushort.MaxValue).AsUInt32(), Clamped(b.AsInt32(), 0, ushort.MaxValue).AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF32x4S(Vector128<byte> a) => Vector128.Create(Saturated(a, 0), Saturated(a, 1), Saturated(a, 2), Saturated(a, 3)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF32x4U(Vector128<byte> a) => Vector128.Create(SaturatedUnsigned(a, 0), SaturatedUnsigned(a, 1), SaturatedUnsigned(a, 2), SaturatedUnsigned(a, 3)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF64x2SZero(Vector128<byte> a) => Vector128.Create(int.CreateSaturating(a.AsDouble()[0]), int.CreateSaturating(a.AsDouble()[1]), 0, 0).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF64x2UZero(Vector128<byte> a) => Vector128.Create(uint.CreateSaturating(a.AsDouble()[0]), uint.CreateSaturating(a.AsDouble()[1]), 0u, 0u).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4ConvertI32x4S(Vector128<byte> a) => Vector128.ConvertToSingle(a.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4ConvertI32x4U(Vector128<byte> a) => Vector128.Create((float)a.AsUInt32()[0], a.AsUInt32()[1], a.AsUInt32()[2], a.AsUInt32()[3]).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2ConvertLowI32x4S(Vector128<byte> a) => Vector128.Create((double)a.AsInt32()[0], a.AsInt32()[1]).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2ConvertLowI32x4U(Vector128<byte> a) => Vector128.Create((double)a.AsUInt32()[0], a.AsUInt32()[1]).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4DemoteF64x2Zero(Vector128<byte> a) => Vector128.Create((float)a.AsDouble()[0], (float)a.AsDouble()[1], 0f, 0f).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2PromoteLowF32x4(Vector128<byte> a) => Vector128.Create((double)a.AsSingle()[0], a.AsSingle()[1]).AsByte();

    [MethodImpl(Inline)]
    private static int Saturated(Vector128<byte> a, int lane) => int.CreateSaturating(a.AsSingle()[lane]);

    [MethodImpl(Inline)]
    private static uint SaturatedUnsigned(Vector128<byte> a, int lane) => uint.CreateSaturating(a.AsSingle()[lane]);

    [MethodImpl(Inline)]
    private static Vector128<short> Clamped(Vector128<short> a, short least, short most) =>
        Vector128.Min(Vector128.Max(a, Vector128.Create(least)), Vector128.Create(most));

    [MethodImpl(Inline)]
    private static Vector128<int> Clamped(Vector128<int> a, int least, int most) =>
        Vector128.Min(Vector128.Max(a, Vector128.Create(least)), Vector128.Create(most));
}
