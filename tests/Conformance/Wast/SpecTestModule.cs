using PluginHost.Wasm;

namespace PluginHost.Conformance.Wast;

/// <summary>The module <c>spectest</c> that scripts import (the reference interpreter's host module).</summary>
internal static class SpecTestModule
{
    public static Dictionary<string, object> Create(Store store) => new(StringComparer.Ordinal)
    {
        ["global_i32"] = Global(ValType.I32, WasmValue.FromI32(666)),
        ["global_i64"] = Global(ValType.I64, WasmValue.FromI64(666)),
        ["global_f32"] = Global(ValType.F32, WasmValue.FromF32(666.6f)),
        ["global_f64"] = Global(ValType.F64, WasmValue.FromF64(666.6)),
        ["table"] = new WasmTable(store, new TableType(ValType.FuncRef, new Wasm.Limits(10, 20))),
        ["memory"] = new WasmMemory(store, new MemoryType(new Wasm.Limits(1, 2))),
        ["print"] = HostFunction.Create((Action<Caller>)(_ => { })),
        ["print_i32"] = HostFunction.Create((Action<Caller, int>)((_, _) => { })),
        ["print_i64"] = HostFunction.Create((Action<Caller, long>)((_, _) => { })),
        ["print_f32"] = HostFunction.Create((Action<Caller, float>)((_, _) => { })),
        ["print_f64"] = HostFunction.Create((Action<Caller, double>)((_, _) => { })),
        ["print_i32_f32"] = HostFunction.Create((Action<Caller, int, float>)((_, _, _) => { })),
        ["print_f64_f64"] = HostFunction.Create(new FunctionType([ValType.F64, ValType.F64], []), (_, _, _) => { }),
    };

    private static WasmGlobal Global(ValType type, WasmValue value) => new(new GlobalType(type, false), value);
}
