using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>Numeric instructions for which the CLR has no instruction of the same meaning (spec 4.3).</summary>
internal static class Numerics
{
    public static int TruncI32S(double x)
    {
        if (!(x > -2147483649.0 && x < 2147483648.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (int)x;
    }

    public static int TruncI32U(double x)
    {
        if (!(x > -1.0 && x < 4294967296.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (int)(uint)x;
    }

    public static long TruncI64S(double x)
    {
        if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (long)x;
    }

    public static long TruncI64U(double x)
    {
        if (!(x > -1.0 && x < 18446744073709551616.0))
        {
            Traps.Conversion(double.IsNaN(x));
        }

        return (long)(ulong)x;
    }

    // Math.Min and Math.Max hand on a signalling NaN as it is; an addition makes it quiet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float a, float b) => MathF.Min(a, b) is var r && float.IsNaN(r) ? a + b : r;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) => MathF.Max(a, b) is var r && float.IsNaN(r) ? a + b : r;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(double a, double b) => Math.Min(a, b) is var r && double.IsNaN(r) ? a + b : r;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double a, double b) => Math.Max(a, b) is var r && double.IsNaN(r) ? a + b : r;

    /// <summary>The JIT keeps f32 constants as doubles, which makes a signalling NaN quiet; this it cannot see through.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float NaN(int bits) => BitConverter.Int32BitsToSingle(bits);

    /// <summary>The JIT drops a demotion of a promotion, and with it the quieting of a signalling NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Demote(double x) => (float)x;
}
