using System.Runtime.Intrinsics;
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
            "v128.const" => WasmValue.FromV128(Vector128.Create(VectorLiteral.Read(cursor), 0)),
            "ref.null" => WasmValue.Default(InstructionEncoder.HeapType(cursor.Next("a heap type"))),
            "ref.extern" or "ref.host" => WasmValue.FromExternal((long)Integer(cursor, 64)),
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
        ("either", _) => pattern.Items!.Skip(1).Any(one => Matches(one, value)),
        ("ref.func", "") => value.Type == ValType.FuncRef && value.Function is not null,
        ("ref.extern", "") => value.Type == ValType.ExternRef && value.External is not null,
        ("ref.null", "") => value.Type.IsReference() && value == WasmValue.Default(value.Type),
        ("v128.const", var shape) => value.Type == ValType.V128 && LanesMatch(pattern, VectorLiteral.Shape(shape) ?? throw pattern.Unexpected("a shape"), value),
        _ => value == Read(pattern),
    };

    /// <summary>Each lane is a pattern of its own: a float may be any NaN of a class.</summary>
    private static bool LanesMatch(Node pattern, (int Bits, bool IsFloat) shape, WasmValue value)
    {
        var cursor = Cursor.After(pattern, 2);
        for (var bit = 0; bit < 8 * VectorLiteral.Bytes; bit += shape.Bits)
        {
            var half = (ulong)(bit < 64 ? value.Bits : value.High);
            var lane = (half >> (bit % 64)) & (ulong.MaxValue >> (64 - shape.Bits));
            if (!LaneMatches(cursor.Next("a lane"), shape, lane))
            {
                return false;
            }
        }

        return cursor.AtEnd;
    }

    private static bool LaneMatches(Node node, (int Bits, bool IsFloat) shape, ulong lane) => (node.Text, shape.Bits) switch
    {
        ("nan:canonical", 32) => (lane & 0x7FFF_FFFF) == 0x7FC0_0000,
        ("nan:arithmetic", 32) => (lane & 0x7FC0_0000) == 0x7FC0_0000,
        ("nan:canonical", _) => (lane & long.MaxValue) == 0x7FF8_0000_0000_0000,
        ("nan:arithmetic", _) => (lane & 0x7FF8_0000_0000_0000) == 0x7FF8_0000_0000_0000,
        _ => lane == (shape.IsFloat ? Numbers.Float(node.Text, shape.Bits) : Numbers.Integer(node.Text, shape.Bits)),
    };

    private static string Operand(Node pattern) => pattern.Items is [_, { } operand, ..] ? operand.Text : "";

    private static ulong Integer(Cursor cursor, int bits) =>
        cursor.Next("an integer") is var node && Numbers.Integer(node.Text, bits) is { } value ? value : throw node.Unexpected("an integer");

    private static ulong Float(Cursor cursor, int bits) =>
        cursor.Next("a float") is var node && Numbers.Float(node.Text, bits) is { } value ? value : throw node.Unexpected("a float");
}
