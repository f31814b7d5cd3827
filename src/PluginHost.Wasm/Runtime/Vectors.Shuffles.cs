using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PluginHost.Wasm.Runtime;

/// <content>
/// The shuffles of two vectors (spec 4.3.3, i8x16.shuffle) that one instruction of x86 does; <c>ShufflePattern</c> chooses among them. Their
/// numbers are constants where they are inlined.
/// </content>
internal static partial class Vectors
{
    /// <summary>Lanes of two vectors; an index outside of its vector makes 0.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> Shuffle(Vector128<byte> a, Vector128<byte> b, Vector128<byte> first, Vector128<byte> second) =>
        Vector128.Shuffle(a, first) | Vector128.Shuffle(b, second);

    /// <summary>Lanes of the first vector alone.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleOne(Vector128<byte> a, Vector128<byte> b, Vector128<byte> lanes) => Vector128.Shuffle(a, lanes);

    /// <summary>Groups of four bytes of the first vector alone.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleOneByFour(Vector128<byte> a, Vector128<byte> b, Vector128<byte> groups) =>
        Vector128.Shuffle(a.AsInt32(), groups.AsInt32()).AsByte();

    /// <summary>Sixteen bytes in a row from a place in the first vector on.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleAlign(Vector128<byte> a, Vector128<byte> b, [ConstantExpected] byte start) => Ssse3.AlignRight(b, a, start);

    /// <summary>Each pair of bytes stays where it is, and comes from the second vector where its bit is set.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleBlend(Vector128<byte> a, Vector128<byte> b, [ConstantExpected] byte pairs) =>
        Sse41.Blend(a.AsInt16(), b.AsInt16(), pairs).AsByte();

    /// <summary>Two groups of four bytes from the first vector, then two from the second.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleByFour(Vector128<byte> a, Vector128<byte> b, [ConstantExpected] byte groups) =>
        Sse.Shuffle(a.AsSingle(), b.AsSingle(), groups).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleLow1(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackLow(a, b);

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleHigh1(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackHigh(a, b);

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleLow2(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackLow(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleHigh2(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackHigh(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleLow4(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackLow(a.AsInt32(), b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleHigh4(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackHigh(a.AsInt32(), b.AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleLow8(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackLow(a.AsInt64(), b.AsInt64()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> ShuffleHigh8(Vector128<byte> a, Vector128<byte> b) => Sse2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsByte();
}
