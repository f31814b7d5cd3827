using PluginHost.Wasm;

namespace PluginHost.Conformance.Fuzz;

/// <summary>How values and traps are written, as the scripts beside this write those of V8.</summary>
internal static class Outcome
{
    /// <summary>As JavaScript sees it: every number but i64 is a double, and all NaN are one.</summary>
    public static string Text(WasmValue value) => value.Type switch
    {
        ValType.I32 => Text(value.I32),
        ValType.I64 => value.I64.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ValType.F32 => Text(value.F32),
        ValType.F64 => Text(value.F64),
        _ => value == WasmValue.Default(value.Type) ? "null" : "reference",
    };

    private static string Text(double value) => double.IsNaN(value) ? "nan" : BitConverter.DoubleToUInt64Bits(value).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    public static string Kind(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "memory",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "table",
        TrapKind.IntegerDivideByZero => "zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "number",
        TrapKind.UninitializedElement or TrapKind.IndirectCallTypeMismatch => "callee",
        TrapKind.CallStackExhausted or TrapKind.HostStackExhausted => "stack",
        _ => $"other {kind}",
    };
}
