using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Wast;

/// <summary>Constants of a script: arguments of a call, and patterns that a result must match.</summary>
internal static class ExpectedValue
{
    /// <summary>An argument.</summary>
    public static WasmValue Read(Node node)
    {
        var cursor = Cursor.After(node, 1);
        var value = node.Head switch
        {
            "i32.const" => WasmValue.FromBits(ValType.I32, (long)Integer(cursor, 32)),
            "i64.const" => WasmValue.FromBits(ValType.I64, (long)Integer(cursor, 64)),
            "f32.const" => WasmValue.FromBits(ValType.F32, (long)Float(cursor, 32)),
            "f64.const" => WasmValue.FromBits(ValType.F64, (long)Float(cursor, 64)),
            "ref.null" => WasmValue.Default(InstructionEncoder.HeapType(cursor.Next("a heap type"))),
            "ref.extern" => WasmValue.FromExternal((long)Integer(cursor, 64)),
            _ => throw node.Unexpected("a constant"),
        };
        cursor.ExpectEnd();
        return value;
    }

    public static bool Matches(Node pattern, WasmValue value) => (pattern.Head, Operand(pattern)) switch
    {
        ("f32.const", "nan:canonical") => value.Type == ValType.F32 && ((uint)value.Bits & 0x7FFF_FFFF) == 0x7FC0_0000,
        ("f32.const", "nan:arithmetic") => value.Type == ValType.F32 && ((uint)value.Bits & 0x7FC0_0000) == 0x7FC0_0000,
        ("f64.const", "nan:canonical") => value.Type == ValType.F64 && (value.Bits & long.MaxValue) == 0x7FF8_0000_0000_0000,
        ("f64.const", "nan:arithmetic") => value.Type == ValType.F64 && (value.Bits & 0x7FF8_0000_0000_0000) == 0x7FF8_0000_0000_0000,
        ("ref.func", "") => value.Type == ValType.FuncRef && value.Function is not null,
        ("ref.extern", "") => value.Type == ValType.ExternRef && value.External is not null,
        ("ref.null", "") => value.Type.IsReference() && value == WasmValue.Default(value.Type),
        _ => value == Read(pattern),
    };

    private static string Operand(Node pattern) => pattern.Items is [_, { } operand] ? operand.Text : "";

    private static ulong Integer(Cursor cursor, int bits) =>
        cursor.Next("an integer") is var node && Numbers.Integer(node.Text, bits) is { } value ? value : throw node.Unexpected("an integer");

    private static ulong Float(Cursor cursor, int bits) =>
        cursor.Next("a float") is var node && Numbers.Float(node.Text, bits) is { } value ? value : throw node.Unexpected("a float");
}
