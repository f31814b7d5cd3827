using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Runtime;

/// <summary>The CLR types that carry values in compiled code.</summary>
internal static class ClrTypes
{
    public static Type Of(ValType type) => type switch
    {
        ValType.I32 => typeof(int),
        ValType.I64 => typeof(long),
        ValType.F32 => typeof(float),
        ValType.F64 => typeof(double),
        ValType.V128 => typeof(Vector128<byte>),
        ValType.FuncRef => typeof(WasmFunction),
        ValType.ExternRef => typeof(object),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The CLR return type: the first result; further ones go through the store's scratch area.</summary>
    public static Type Return(FunctionType type) => type.Results.Length == 0 ? typeof(void) : Of(type.Results[0]);

    /// <summary>The CLR parameters of compiled code: target, call depth left, then the guest's parameters.</summary>
    public static Type[] Parameters(FunctionType type, Type target) => [target, typeof(int), .. type.Parameters.Select(Of)];
}
