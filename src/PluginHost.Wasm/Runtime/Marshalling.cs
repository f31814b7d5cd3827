using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Runtime;

/// <summary>Moves single values between compiled code, arrays of <see cref="WasmValue"/> and the store's scratch area.</summary>
internal static class Marshalling
{
    public static int ReadI32(WasmValue[] values, int index) => values[index].I32;

    public static long ReadI64(WasmValue[] values, int index) => values[index].I64;

    public static float ReadF32(WasmValue[] values, int index) => values[index].F32;

    public static double ReadF64(WasmValue[] values, int index) => values[index].F64;

    public static Vector128<byte> ReadV128(WasmValue[] values, int index) => values[index].V128;

    public static WasmFunction? ReadFunction(WasmValue[] values, int index) => values[index].Function;

    public static object? ReadExternal(WasmValue[] values, int index) => values[index].External;

    public static void WriteI32(WasmValue[] values, int index, int value) => values[index] = WasmValue.FromI32(value);

    public static void WriteI64(WasmValue[] values, int index, long value) => values[index] = WasmValue.FromI64(value);

    public static void WriteF32(WasmValue[] values, int index, float value) => values[index] = WasmValue.FromF32(value);

    public static void WriteF64(WasmValue[] values, int index, double value) => values[index] = WasmValue.FromF64(value);

    public static void WriteV128(WasmValue[] values, int index, Vector128<byte> value) => values[index] = WasmValue.FromV128(value);

    public static void WriteFunction(WasmValue[] values, int index, WasmFunction? value) => values[index] = WasmValue.FromFunction(value);

    public static void WriteExternal(WasmValue[] values, int index, object? value) => values[index] = WasmValue.FromExternal(value);

    public static int TakeI32(Store store, int index) => (int)store.ResultBits[index];

    public static long TakeI64(Store store, int index) => store.ResultBits[index];

    public static float TakeF32(Store store, int index) => BitConverter.Int32BitsToSingle((int)store.ResultBits[index]);

    public static double TakeF64(Store store, int index) => BitConverter.Int64BitsToDouble(store.ResultBits[index]);

    public static Vector128<byte> TakeV128(Store store, int index) => Vector128.Create(store.ResultBits[index], store.ResultHigh[index]).AsByte();

    public static WasmFunction? TakeFunction(Store store, int index) => (WasmFunction?)store.ResultReferences[index];

    public static object? TakeExternal(Store store, int index) => store.ResultReferences[index];

    public static void PutI32(int value, Store store, int index) => store.ResultBits[index] = value;

    public static void PutI64(long value, Store store, int index) => store.ResultBits[index] = value;

    public static void PutF32(float value, Store store, int index) => store.ResultBits[index] = BitConverter.SingleToInt32Bits(value);

    public static void PutF64(double value, Store store, int index) => store.ResultBits[index] = BitConverter.DoubleToInt64Bits(value);

    public static void PutV128(Vector128<byte> value, Store store, int index)
    {
        store.ResultBits[index] = value.AsInt64()[0];
        store.ResultHigh[index] = value.AsInt64()[1];
    }

    public static void PutFunction(WasmFunction? value, Store store, int index) => store.ResultReferences[index] = value;

    public static void PutExternal(object? value, Store store, int index) => store.ResultReferences[index] = value;
}
