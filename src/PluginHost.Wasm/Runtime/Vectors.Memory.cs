using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Runtime;

/// <content>Loads and stores, at addresses that compiled code has checked.</content>
internal static unsafe partial class Vectors
{
    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load(nuint address) => Unsafe.ReadUnaligned<Vector128<byte>>((void*)address);

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load8x8S(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsSByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load8x8U(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsByte()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load16x4S(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load16x4U(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsUInt16()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load32x2S(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load32x2U(nuint address) => Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsUInt32()).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load8Splat(nuint address) => Vector128.Create(Unsafe.ReadUnaligned<byte>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load8Lane(nuint address, Vector128<byte> a, int lane) => a.AsByte().WithElement(lane, Unsafe.ReadUnaligned<byte>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static void V128Store8Lane(nuint address, Vector128<byte> a, int lane) => Unsafe.WriteUnaligned((void*)address, a.AsByte().GetElement(lane));

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load16Splat(nuint address) => Vector128.Create(Unsafe.ReadUnaligned<ushort>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load16Lane(nuint address, Vector128<byte> a, int lane) => a.AsUInt16().WithElement(lane, Unsafe.ReadUnaligned<ushort>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static void V128Store16Lane(nuint address, Vector128<byte> a, int lane) => Unsafe.WriteUnaligned((void*)address, a.AsUInt16().GetElement(lane));

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load32Splat(nuint address) => Vector128.Create(Unsafe.ReadUnaligned<uint>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load32Lane(nuint address, Vector128<byte> a, int lane) => a.AsUInt32().WithElement(lane, Unsafe.ReadUnaligned<uint>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static void V128Store32Lane(nuint address, Vector128<byte> a, int lane) => Unsafe.WriteUnaligned((void*)address, a.AsUInt32().GetElement(lane));

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load64Splat(nuint address) => Vector128.Create(Unsafe.ReadUnaligned<ulong>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load64Lane(nuint address, Vector128<byte> a, int lane) => a.AsUInt64().WithElement(lane, Unsafe.ReadUnaligned<ulong>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static void V128Store64Lane(nuint address, Vector128<byte> a, int lane) => Unsafe.WriteUnaligned((void*)address, a.AsUInt64().GetElement(lane));

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load32Zero(nuint address) => Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> V128Load64Zero(nuint address) => Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>((void*)address)).AsByte();

    [MethodImpl(Inline)]
    public static void V128Store(nuint address, Vector128<byte> a) => Unsafe.WriteUnaligned((void*)address, a);
}
