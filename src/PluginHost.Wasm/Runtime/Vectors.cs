using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Runtime;

/// <summary>
/// What vector instructions do (spec 4.3.3), a function for each, named as the instruction. Written in the framework's portable
/// vectors, so that every processor gets its own instructions, and those without any get the same results.
/// </summary>
internal static partial class Vectors
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Splat(int value) => Vector128.Create((sbyte)value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16ReplaceLane(Vector128<byte> a, int value, int lane) => a.AsSByte().WithElement(lane, (sbyte)value).AsByte();

    [MethodImpl(Inline)]
    public static int I8x16ExtractLaneS(Vector128<byte> a, int lane) => a.AsSByte().GetElement(lane);

    [MethodImpl(Inline)]
    public static int I8x16ExtractLaneU(Vector128<byte> a, int lane) => a.AsByte().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Splat(int value) => Vector128.Create((short)value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ReplaceLane(Vector128<byte> a, int value, int lane) => a.AsInt16().WithElement(lane, (short)value).AsByte();

    [MethodImpl(Inline)]
    public static int I16x8ExtractLaneS(Vector128<byte> a, int lane) => a.AsInt16().GetElement(lane);

    [MethodImpl(Inline)]
    public static int I16x8ExtractLaneU(Vector128<byte> a, int lane) => a.AsUInt16().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Splat(int value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ReplaceLane(Vector128<byte> a, int value, int lane) => a.AsInt32().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static int I32x4ExtractLane(Vector128<byte> a, int lane) => a.AsInt32().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Splat(long value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ReplaceLane(Vector128<byte> a, long value, int lane) => a.AsInt64().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static long I64x2ExtractLane(Vector128<byte> a, int lane) => a.AsInt64().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Splat(float value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4ReplaceLane(Vector128<byte> a, float value, int lane) => a.AsSingle().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static float F32x4ExtractLane(Vector128<byte> a, int lane) => a.AsSingle().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Splat(double value) => Vector128.Create(value).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2ReplaceLane(Vector128<byte> a, double value, int lane) => a.AsDouble().WithElement(lane, value).AsByte();

    [MethodImpl(Inline)]
    public static double F64x2ExtractLane(Vector128<byte> a, int lane) => a.AsDouble().GetElement(lane);

    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Swizzle(Vector128<byte> a, Vector128<byte> b) => Vector128.Shuffle(a, b);

    [MethodImpl(Inline)]
    public static Vector128<byte> V128And(Vector128<byte> a, Vector128<byte> b) => a & b;

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Or(Vector128<byte> a, Vector128<byte> b) => a | b;

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Xor(Vector128<byte> a, Vector128<byte> b) => a ^ b;

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Andnot(Vector128<byte> a, Vector128<byte> b) => Vector128.AndNot(a, b);

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Not(Vector128<byte> a) => ~a;

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Bitselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> mask) => (a & mask) | Vector128.AndNot(b, mask);

    [MethodImpl(Inline)]
    public static int V128AnyTrue(Vector128<byte> a) => a == Vector128<byte>.Zero ? 0 : 1;

    [MethodImpl(Inline)]
    public static Vector128<byte> Constant(long low, long high) => Vector128.Create(low, high).AsByte();
}
