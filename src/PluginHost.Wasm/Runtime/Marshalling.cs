namespace PluginHost.Wasm.Runtime;

/// <summary>Moves single values between compiled code, arrays of <see cref="WasmValue"/> and the store's scratch area.</summary>
internal static class Marshalling
{
    public static int ReadI32(WasmValue[] values, int index) => values[index].I32;

    public static long ReadI64(WasmValue[] values, int index) => values[index].I64;

    public static float ReadF32(WasmValue[] values, int index) => values[index].F32;

    public static double ReadF64(WasmValue[] values, int index) => values[index].F64;

    public static WasmFunction? ReadFunction(WasmValue[] values, int index) => values[index].Function;

    public static object? ReadExternal(WasmValue[] values, int index) => values[index].External;

    public static void WriteI32(WasmValue[] values, int index, int value) => values[index] = WasmValue.FromI32(value);

    public static void WriteI64(WasmValue[] values, int index, long value) => values[index] = WasmValue.FromI64(value);

    public static void WriteF32(WasmValue[] values, int index, float value) => values[index] = WasmValue.FromF32(value);

    public static void WriteF64(WasmValue[] values, int index, double value) => values[index] = WasmValue.FromF64(value);

    public static void WriteFunction(WasmValue[] values, int index, WasmFunction? value) => values[index] = WasmValue.FromFunction(value);

    public static void WriteExternal(WasmValue[] values, int index, object? value) => values[index] = WasmValue.FromExternal(value);

    public static int TakeI32(Store store, int index) => (int)store.ResultBits[index];

    public static long TakeI64(Store store, int index) => store.ResultBits[index];

    public static float TakeF32(Store store, int index) => BitConverter.Int32BitsToSingle((int)store.ResultBits[index]);

    public static double TakeF64(Store store, int index) => BitConverter.Int64BitsToDouble(store.ResultBits[index]);

    public static WasmFunction? TakeFunction(Store store, int index) => (WasmFunction?)store.ResultReferences[index];

    public static object? TakeExternal(Store store, int index) => store.ResultReferences[index];

    public static void PutI32(int value, Store store, int index) => store.ResultBits[index] = value;

    public static void PutI64(long value, Store store, int index) => store.ResultBits[index] = value;

    public static void PutF32(float value, Store store, int index) => store.ResultBits[index] = BitConverter.SingleToInt32Bits(value);

    public static void PutF64(double value, Store store, int index) => store.ResultBits[index] = BitConverter.DoubleToInt64Bits(value);

    public static void PutFunction(WasmFunction? value, Store store, int index) => store.ResultReferences[index] = value;

    public static void PutExternal(object? value, Store store, int index) => store.ResultReferences[index] = value;
}
