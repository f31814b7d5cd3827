using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PluginHost.Wasm.Runtime;

/// <summary>Numeric instructions for which the CLR has no instruction of the same meaning (spec 4.3).</summary>
internal static class Numerics
{
    // In range the processor's own conversion is exact; the CLR's would take care of the rest again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TruncI32S(double x)
    {
        if (!(x > -2147483649.0 && x < 2147483648.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return double.ConvertToIntegerNative<int>(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TruncI32U(double x)
    {
        if (!(x > -1.0 && x < 4294967296.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (int)double.ConvertToIntegerNative<long>(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long TruncI64S(double x)
    {
        if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return double.ConvertToIntegerNative<long>(x);
    }

    public static long TruncI64U(double x)
    {
        if (!(x > -1.0 && x < 18446744073709551616.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (long)(ulong)x;
    }

    // Math.Min and Math.Max are not used: they hand on a signalling NaN as it is, and the JIT of .NET 10 folds a literal
    // negative zero wrongly. Equal operands differ at most in the sign of a zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float a, float b) =>
        a < b ? a : b < a ? b : a == b ? ToSingle(BitConverter.SingleToInt32Bits(a) | BitConverter.SingleToInt32Bits(b)) : a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) =>
        a > b ? a : b > a ? b : a == b ? ToSingle(BitConverter.SingleToInt32Bits(a) & BitConverter.SingleToInt32Bits(b)) : a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(double a, double b) =>
        a < b ? a : b < a ? b
        : a == b ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) | BitConverter.DoubleToInt64Bits(b)) : a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double a, double b) =>
        a > b ? a : b > a ? b
        : a == b ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) & BitConverter.DoubleToInt64Bits(b)) : a + b;

    /// <summary>
    /// The JIT of .NET 10 turns BitConverter.Int32BitsToSingle of a narrow load into a load of four bytes: a wrong value, and
    /// at the end of a memory a read beyond it. The way through a vector register leaves the load alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(int bits) => Vector128.CreateScalarUnsafe(bits).AsSingle().ToScalar();

    // On processors without BMI1 the JIT of .NET 10 compares the count of trailing zeros with zero by flags of another
    // instruction; there they are counted by the bits below the lowest one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeros(uint x) =>
        X86Base.IsSupported && !Bmi1.IsSupported ? BitOperations.PopCount(~x & (x - 1)) : BitOperations.TrailingZeroCount(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeros(ulong x) =>
        X86Base.IsSupported && !Bmi1.IsSupported ? BitOperations.PopCount(~x & (x - 1)) : BitOperations.TrailingZeroCount(x);

    /// <summary>The JIT keeps f32 constants as doubles, which makes a signalling NaN quiet; this it cannot see through.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float NaN(int bits) => BitConverter.Int32BitsToSingle(bits);

    /// <summary>The JIT drops a demotion of a promotion, and with it the quieting of a signalling NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Demote(double x) => (float)x;
}
