using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Runtime;

/// <content>Arithmetic on lanes of floats.</content>
internal static partial class Vectors
{
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Abs(Vector128<byte> a) => Vector128.AndNot(a, Vector128.Create(int.MinValue).AsByte());

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Neg(Vector128<byte> a) => a ^ Vector128.Create(int.MinValue).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Add(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() + b.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() - b.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Mul(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() * b.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Div(Vector128<byte> a, Vector128<byte> b) => (a.AsSingle() / b.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Sqrt(Vector128<byte> a) => Vector128.Sqrt(a.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Ceil(Vector128<byte> a) => Vector128.Ceiling(a.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Floor(Vector128<byte> a) => Vector128.Floor(a.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Trunc(Vector128<byte> a) => Vector128.Truncate(a.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Nearest(Vector128<byte> a) => Vector128.Round(a.AsSingle()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Pmin(Vector128<byte> a, Vector128<byte> b) => Vector128.ConditionalSelect(Vector128.LessThan(b.AsSingle(), a.AsSingle()).AsByte(), b, a);

    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Pmax(Vector128<byte> a, Vector128<byte> b) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()).AsByte(), b, a);

    /// <summary>Of two zeros a negative zero is the smaller; a NaN makes a quiet NaN.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Min(Vector128<byte> a, Vector128<byte> b)
    {
        var ordered = Vector128.ConditionalSelect(
            Vector128.LessThan(a.AsSingle(), b.AsSingle()).AsByte(), a, Vector128.ConditionalSelect(Vector128.LessThan(b.AsSingle(), a.AsSingle()).AsByte(), b, a | b));
        var numbers = Vector128.Equals(a.AsSingle(), a.AsSingle()) & Vector128.Equals(b.AsSingle(), b.AsSingle());
        return Vector128.ConditionalSelect(numbers.AsByte(), ordered, (a.AsSingle() + b.AsSingle()).AsByte());
    }

    /// <summary>Of two zeros a positive zero is the larger; a NaN makes a quiet NaN.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Max(Vector128<byte> a, Vector128<byte> b)
    {
        var ordered = Vector128.ConditionalSelect(
            Vector128.GreaterThan(a.AsSingle(), b.AsSingle()).AsByte(), a, Vector128.ConditionalSelect(Vector128.GreaterThan(b.AsSingle(), a.AsSingle()).AsByte(), b, a & b));
        var numbers = Vector128.Equals(a.AsSingle(), a.AsSingle()) & Vector128.Equals(b.AsSingle(), b.AsSingle());
        return Vector128.ConditionalSelect(numbers.AsByte(), ordered, (a.AsSingle() + b.AsSingle()).AsByte());
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Abs(Vector128<byte> a) => Vector128.AndNot(a, Vector128.Create(long.MinValue).AsByte());

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Neg(Vector128<byte> a) => a ^ Vector128.Create(long.MinValue).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Add(Vector128<byte> a, Vector128<byte> b) => (a.AsDouble() + b.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Sub(Vector128<byte> a, Vector128<byte> b) => (a.AsDouble() - b.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Mul(Vector128<byte> a, Vector128<byte> b) => (a.AsDouble() * b.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Div(Vector128<byte> a, Vector128<byte> b) => (a.AsDouble() / b.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Sqrt(Vector128<byte> a) => Vector128.Sqrt(a.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Ceil(Vector128<byte> a) => Vector128.Ceiling(a.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Floor(Vector128<byte> a) => Vector128.Floor(a.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Trunc(Vector128<byte> a) => Vector128.Truncate(a.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Nearest(Vector128<byte> a) => Vector128.Round(a.AsDouble()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Pmin(Vector128<byte> a, Vector128<byte> b) => Vector128.ConditionalSelect(Vector128.LessThan(b.AsDouble(), a.AsDouble()).AsByte(), b, a);

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Pmax(Vector128<byte> a, Vector128<byte> b) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()).AsByte(), b, a);

    /// <summary>Of two zeros a negative zero is the smaller; a NaN makes a quiet NaN.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Min(Vector128<byte> a, Vector128<byte> b)
    {
        var ordered = Vector128.ConditionalSelect(
            Vector128.LessThan(a.AsDouble(), b.AsDouble()).AsByte(), a, Vector128.ConditionalSelect(Vector128.LessThan(b.AsDouble(), a.AsDouble()).AsByte(), b, a | b));
        var numbers = Vector128.Equals(a.AsDouble(), a.AsDouble()) & Vector128.Equals(b.AsDouble(), b.AsDouble());
        return Vector128.ConditionalSelect(numbers.AsByte(), ordered, (a.AsDouble() + b.AsDouble()).AsByte());
    }

    /// <summary>Of two zeros a positive zero is the larger; a NaN makes a quiet NaN.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Max(Vector128<byte> a, Vector128<byte> b)
    {
        var ordered = Vector128.ConditionalSelect(
            Vector128.GreaterThan(a.AsDouble(), b.AsDouble()).AsByte(), a, Vector128.ConditionalSelect(Vector128.GreaterThan(b.AsDouble(), a.AsDouble()).AsByte(), b, a & b));
        var numbers = Vector128.Equals(a.AsDouble(), a.AsDouble()) & Vector128.Equals(b.AsDouble(), b.AsDouble());
        return Vector128.ConditionalSelect(numbers.AsByte(), ordered, (a.AsDouble() + b.AsDouble()).AsByte());
    }
}
