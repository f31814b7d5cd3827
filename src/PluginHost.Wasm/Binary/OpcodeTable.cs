using System.Collections.Immutable;

namespace PluginHost.Wasm.Binary;

/// <summary>Every opcode of the engine. A signature reads operands, colon, result: i and I for i32 and i64, f and F for f32 and f64, v for v128.</summary>
internal static class OpcodeTable
{
    private static readonly OpcodeInfo?[] Single = new OpcodeInfo?[256];
    private static readonly OpcodeInfo?[] Misc = new OpcodeInfo?[18];
    private static readonly OpcodeInfo?[] Vectors = new OpcodeInfo?[256];
    private static readonly Dictionary<string, OpcodeInfo> Named = new(StringComparer.Ordinal);

    static OpcodeTable()
    {
        Add(Opcode.Unreachable, "unreachable", OpcodeShape.Plain, "", 0);
        Add(Opcode.Nop, "nop", OpcodeShape.Plain, "", 0);
        Add(Opcode.Block, "block", OpcodeShape.BlockType, "", 0);
        Add(Opcode.Loop, "loop", OpcodeShape.BlockType, "", 0);
        Add(Opcode.If, "if", OpcodeShape.BlockType, "", 0);
        Add(Opcode.Else, "else", OpcodeShape.Plain, "", 0);
        Add(Opcode.End, "end", OpcodeShape.Plain, "", 0);
        Add(Opcode.Br, "br", OpcodeShape.Label, "", 0);
        Add(Opcode.BrIf, "br_if", OpcodeShape.Label, "", 0);
        Add(Opcode.BrTable, "br_table", OpcodeShape.LabelTable, "", 0);
        Add(Opcode.Return, "return", OpcodeShape.Plain, "", 0);
        Add(Opcode.Call, "call", OpcodeShape.FunctionIndex, "", 0);
        Add(Opcode.CallIndirect, "call_indirect", OpcodeShape.TypeAndTable, "", 0);
        Add(Opcode.ReturnCall, "return_call", OpcodeShape.FunctionIndex, "", 0);
        Add(Opcode.ReturnCallIndirect, "return_call_indirect", OpcodeShape.TypeAndTable, "", 0);
        Add(Opcode.Drop, "drop", OpcodeShape.Plain, "", 0);
        Add(Opcode.Select, "select", OpcodeShape.Plain, "", 0);
        Add(Opcode.SelectTyped, "select", OpcodeShape.SelectTypes, "", 0);
        Add(Opcode.LocalGet, "local.get", OpcodeShape.LocalIndex, "", 0);
        Add(Opcode.LocalSet, "local.set", OpcodeShape.LocalIndex, "", 0);
        Add(Opcode.LocalTee, "local.tee", OpcodeShape.LocalIndex, "", 0);
        Add(Opcode.GlobalGet, "global.get", OpcodeShape.GlobalIndex, "", 0);
        Add(Opcode.GlobalSet, "global.set", OpcodeShape.GlobalIndex, "", 0);
        Add(Opcode.TableGet, "table.get", OpcodeShape.TableIndex, "", 0);
        Add(Opcode.TableSet, "table.set", OpcodeShape.TableIndex, "", 0);
        Add(Opcode.I32Load, "i32.load", OpcodeShape.Memory, "i:i", 4);
        Add(Opcode.I64Load, "i64.load", OpcodeShape.Memory, "i:I", 8);
        Add(Opcode.F32Load, "f32.load", OpcodeShape.Memory, "i:f", 4);
        Add(Opcode.F64Load, "f64.load", OpcodeShape.Memory, "i:F", 8);
        Add(Opcode.I32Load8S, "i32.load8_s", OpcodeShape.Memory, "i:i", 1);
        Add(Opcode.I32Load8U, "i32.load8_u", OpcodeShape.Memory, "i:i", 1);
        Add(Opcode.I32Load16S, "i32.load16_s", OpcodeShape.Memory, "i:i", 2);
        Add(Opcode.I32Load16U, "i32.load16_u", OpcodeShape.Memory, "i:i", 2);
        Add(Opcode.I64Load8S, "i64.load8_s", OpcodeShape.Memory, "i:I", 1);
        Add(Opcode.I64Load8U, "i64.load8_u", OpcodeShape.Memory, "i:I", 1);
        Add(Opcode.I64Load16S, "i64.load16_s", OpcodeShape.Memory, "i:I", 2);
        Add(Opcode.I64Load16U, "i64.load16_u", OpcodeShape.Memory, "i:I", 2);
        Add(Opcode.I64Load32S, "i64.load32_s", OpcodeShape.Memory, "i:I", 4);
        Add(Opcode.I64Load32U, "i64.load32_u", OpcodeShape.Memory, "i:I", 4);
        Add(Opcode.I32Store, "i32.store", OpcodeShape.Memory, "ii:", 4);
        Add(Opcode.I64Store, "i64.store", OpcodeShape.Memory, "iI:", 8);
        Add(Opcode.F32Store, "f32.store", OpcodeShape.Memory, "if:", 4);
        Add(Opcode.F64Store, "f64.store", OpcodeShape.Memory, "iF:", 8);
        Add(Opcode.I32Store8, "i32.store8", OpcodeShape.Memory, "ii:", 1);
        Add(Opcode.I32Store16, "i32.store16", OpcodeShape.Memory, "ii:", 2);
        Add(Opcode.I64Store8, "i64.store8", OpcodeShape.Memory, "iI:", 1);
        Add(Opcode.I64Store16, "i64.store16", OpcodeShape.Memory, "iI:", 2);
        Add(Opcode.I64Store32, "i64.store32", OpcodeShape.Memory, "iI:", 4);
        Add(Opcode.MemorySize, "memory.size", OpcodeShape.MemoryIndex, "", 0);
        Add(Opcode.MemoryGrow, "memory.grow", OpcodeShape.MemoryIndex, "", 0);
        Add(Opcode.I32Const, "i32.const", OpcodeShape.ConstI32, ":i", 0);
        Add(Opcode.I64Const, "i64.const", OpcodeShape.ConstI64, ":I", 0);
        Add(Opcode.F32Const, "f32.const", OpcodeShape.ConstF32, ":f", 0);
        Add(Opcode.F64Const, "f64.const", OpcodeShape.ConstF64, ":F", 0);
        Add(Opcode.I32Eqz, "i32.eqz", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I32Eq, "i32.eq", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Ne, "i32.ne", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32LtS, "i32.lt_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32LtU, "i32.lt_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32GtS, "i32.gt_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32GtU, "i32.gt_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32LeS, "i32.le_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32LeU, "i32.le_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32GeS, "i32.ge_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32GeU, "i32.ge_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I64Eqz, "i64.eqz", OpcodeShape.Plain, "I:i", 0);
        Add(Opcode.I64Eq, "i64.eq", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64Ne, "i64.ne", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64LtS, "i64.lt_s", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64LtU, "i64.lt_u", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64GtS, "i64.gt_s", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64GtU, "i64.gt_u", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64LeS, "i64.le_s", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64LeU, "i64.le_u", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64GeS, "i64.ge_s", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.I64GeU, "i64.ge_u", OpcodeShape.Plain, "II:i", 0);
        Add(Opcode.F32Eq, "f32.eq", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F32Ne, "f32.ne", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F32Lt, "f32.lt", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F32Gt, "f32.gt", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F32Le, "f32.le", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F32Ge, "f32.ge", OpcodeShape.Plain, "ff:i", 0);
        Add(Opcode.F64Eq, "f64.eq", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.F64Ne, "f64.ne", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.F64Lt, "f64.lt", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.F64Gt, "f64.gt", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.F64Le, "f64.le", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.F64Ge, "f64.ge", OpcodeShape.Plain, "FF:i", 0);
        Add(Opcode.I32Clz, "i32.clz", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I32Ctz, "i32.ctz", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I32Popcnt, "i32.popcnt", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I32Add, "i32.add", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Sub, "i32.sub", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Mul, "i32.mul", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32DivS, "i32.div_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32DivU, "i32.div_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32RemS, "i32.rem_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32RemU, "i32.rem_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32And, "i32.and", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Or, "i32.or", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Xor, "i32.xor", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Shl, "i32.shl", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32ShrS, "i32.shr_s", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32ShrU, "i32.shr_u", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Rotl, "i32.rotl", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I32Rotr, "i32.rotr", OpcodeShape.Plain, "ii:i", 0);
        Add(Opcode.I64Clz, "i64.clz", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.I64Ctz, "i64.ctz", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.I64Popcnt, "i64.popcnt", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.I64Add, "i64.add", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Sub, "i64.sub", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Mul, "i64.mul", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64DivS, "i64.div_s", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64DivU, "i64.div_u", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64RemS, "i64.rem_s", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64RemU, "i64.rem_u", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64And, "i64.and", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Or, "i64.or", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Xor, "i64.xor", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Shl, "i64.shl", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64ShrS, "i64.shr_s", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64ShrU, "i64.shr_u", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Rotl, "i64.rotl", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.I64Rotr, "i64.rotr", OpcodeShape.Plain, "II:I", 0);
        Add(Opcode.F32Abs, "f32.abs", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Neg, "f32.neg", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Ceil, "f32.ceil", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Floor, "f32.floor", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Trunc, "f32.trunc", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Nearest, "f32.nearest", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Sqrt, "f32.sqrt", OpcodeShape.Plain, "f:f", 0);
        Add(Opcode.F32Add, "f32.add", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Sub, "f32.sub", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Mul, "f32.mul", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Div, "f32.div", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Min, "f32.min", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Max, "f32.max", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F32Copysign, "f32.copysign", OpcodeShape.Plain, "ff:f", 0);
        Add(Opcode.F64Abs, "f64.abs", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Neg, "f64.neg", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Ceil, "f64.ceil", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Floor, "f64.floor", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Trunc, "f64.trunc", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Nearest, "f64.nearest", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Sqrt, "f64.sqrt", OpcodeShape.Plain, "F:F", 0);
        Add(Opcode.F64Add, "f64.add", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Sub, "f64.sub", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Mul, "f64.mul", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Div, "f64.div", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Min, "f64.min", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Max, "f64.max", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.F64Copysign, "f64.copysign", OpcodeShape.Plain, "FF:F", 0);
        Add(Opcode.I32WrapI64, "i32.wrap_i64", OpcodeShape.Plain, "I:i", 0);
        Add(Opcode.I32TruncF32S, "i32.trunc_f32_s", OpcodeShape.Plain, "f:i", 0);
        Add(Opcode.I32TruncF32U, "i32.trunc_f32_u", OpcodeShape.Plain, "f:i", 0);
        Add(Opcode.I32TruncF64S, "i32.trunc_f64_s", OpcodeShape.Plain, "F:i", 0);
        Add(Opcode.I32TruncF64U, "i32.trunc_f64_u", OpcodeShape.Plain, "F:i", 0);
        Add(Opcode.I64ExtendI32S, "i64.extend_i32_s", OpcodeShape.Plain, "i:I", 0);
        Add(Opcode.I64ExtendI32U, "i64.extend_i32_u", OpcodeShape.Plain, "i:I", 0);
        Add(Opcode.I64TruncF32S, "i64.trunc_f32_s", OpcodeShape.Plain, "f:I", 0);
        Add(Opcode.I64TruncF32U, "i64.trunc_f32_u", OpcodeShape.Plain, "f:I", 0);
        Add(Opcode.I64TruncF64S, "i64.trunc_f64_s", OpcodeShape.Plain, "F:I", 0);
        Add(Opcode.I64TruncF64U, "i64.trunc_f64_u", OpcodeShape.Plain, "F:I", 0);
        Add(Opcode.F32ConvertI32S, "f32.convert_i32_s", OpcodeShape.Plain, "i:f", 0);
        Add(Opcode.F32ConvertI32U, "f32.convert_i32_u", OpcodeShape.Plain, "i:f", 0);
        Add(Opcode.F32ConvertI64S, "f32.convert_i64_s", OpcodeShape.Plain, "I:f", 0);
        Add(Opcode.F32ConvertI64U, "f32.convert_i64_u", OpcodeShape.Plain, "I:f", 0);
        Add(Opcode.F32DemoteF64, "f32.demote_f64", OpcodeShape.Plain, "F:f", 0);
        Add(Opcode.F64ConvertI32S, "f64.convert_i32_s", OpcodeShape.Plain, "i:F", 0);
        Add(Opcode.F64ConvertI32U, "f64.convert_i32_u", OpcodeShape.Plain, "i:F", 0);
        Add(Opcode.F64ConvertI64S, "f64.convert_i64_s", OpcodeShape.Plain, "I:F", 0);
        Add(Opcode.F64ConvertI64U, "f64.convert_i64_u", OpcodeShape.Plain, "I:F", 0);
        Add(Opcode.F64PromoteF32, "f64.promote_f32", OpcodeShape.Plain, "f:F", 0);
        Add(Opcode.I32ReinterpretF32, "i32.reinterpret_f32", OpcodeShape.Plain, "f:i", 0);
        Add(Opcode.I64ReinterpretF64, "i64.reinterpret_f64", OpcodeShape.Plain, "F:I", 0);
        Add(Opcode.F32ReinterpretI32, "f32.reinterpret_i32", OpcodeShape.Plain, "i:f", 0);
        Add(Opcode.F64ReinterpretI64, "f64.reinterpret_i64", OpcodeShape.Plain, "I:F", 0);
        Add(Opcode.I32Extend8S, "i32.extend8_s", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I32Extend16S, "i32.extend16_s", OpcodeShape.Plain, "i:i", 0);
        Add(Opcode.I64Extend8S, "i64.extend8_s", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.I64Extend16S, "i64.extend16_s", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.I64Extend32S, "i64.extend32_s", OpcodeShape.Plain, "I:I", 0);
        Add(Opcode.RefNull, "ref.null", OpcodeShape.RefType, "", 0);
        Add(Opcode.RefIsNull, "ref.is_null", OpcodeShape.Plain, "", 0);
        Add(Opcode.RefFunc, "ref.func", OpcodeShape.FunctionIndex, "", 0);
        Add(Opcode.I32TruncSatF32S, "i32.trunc_sat_f32_s", OpcodeShape.Plain, "f:i", 0);
        Add(Opcode.I32TruncSatF32U, "i32.trunc_sat_f32_u", OpcodeShape.Plain, "f:i", 0);
        Add(Opcode.I32TruncSatF64S, "i32.trunc_sat_f64_s", OpcodeShape.Plain, "F:i", 0);
        Add(Opcode.I32TruncSatF64U, "i32.trunc_sat_f64_u", OpcodeShape.Plain, "F:i", 0);
        Add(Opcode.I64TruncSatF32S, "i64.trunc_sat_f32_s", OpcodeShape.Plain, "f:I", 0);
        Add(Opcode.I64TruncSatF32U, "i64.trunc_sat_f32_u", OpcodeShape.Plain, "f:I", 0);
        Add(Opcode.I64TruncSatF64S, "i64.trunc_sat_f64_s", OpcodeShape.Plain, "F:I", 0);
        Add(Opcode.I64TruncSatF64U, "i64.trunc_sat_f64_u", OpcodeShape.Plain, "F:I", 0);
        Add(Opcode.MemoryInit, "memory.init", OpcodeShape.DataAndMemory, "", 0);
        Add(Opcode.DataDrop, "data.drop", OpcodeShape.DataIndex, "", 0);
        Add(Opcode.MemoryCopy, "memory.copy", OpcodeShape.TwoMemories, "", 0);
        Add(Opcode.MemoryFill, "memory.fill", OpcodeShape.MemoryIndex, "", 0);
        Add(Opcode.TableInit, "table.init", OpcodeShape.ElementAndTable, "", 0);
        Add(Opcode.ElemDrop, "elem.drop", OpcodeShape.ElementIndex, "", 0);
        Add(Opcode.TableCopy, "table.copy", OpcodeShape.TwoTables, "", 0);
        Add(Opcode.TableGrow, "table.grow", OpcodeShape.TableIndex, "", 0);
        Add(Opcode.TableSize, "table.size", OpcodeShape.TableIndex, "", 0);
        Add(Opcode.TableFill, "table.fill", OpcodeShape.TableIndex, "", 0);
        foreach (var info in VectorOpcodes.All)
        {
            Vectors[(byte)info.Code] = info;
            Named.Add(info.Name, info);
        }
    }

    public static IReadOnlyDictionary<string, OpcodeInfo> ByName => Named;

    public static OpcodeInfo? Find(byte code) => Single[code];

    public static OpcodeInfo? FindVector(uint number) => number < (uint)Vectors.Length ? Vectors[number] : null;

    public static OpcodeInfo? FindMisc(uint number) => number < (uint)Misc.Length ? Misc[number] : null;

    public static OpcodeInfo Get(Opcode code) =>
        (((ushort)code >> 8) switch
        {
            0xFC => Misc[(byte)code],
            VectorOpcodes.Prefix => Vectors[(byte)code],
            _ => Single[(byte)code],
        }) ?? throw new ArgumentOutOfRangeException(nameof(code));

    private static void Add(Opcode code, string name, OpcodeShape shape, string signature, int width)
    {
        var (parameters, result) = Signature(signature);
        var info = new OpcodeInfo(code, name, shape, parameters, result, width);
        if ((ushort)code >> 8 == 0xFC)
        {
            Misc[(byte)code] = info;
        }
        else
        {
            Single[(byte)code] = info;
        }

        // Both forms of select share a name; the text reader picks the form by the annotation.
        Named.TryAdd(name, info);
    }

    /// <summary>Operands before the colon, result behind it, a letter for each type.</summary>
    internal static (ImmutableArray<ValType> Parameters, ValType Result) Signature(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (
            colon < 0 ? [] : [.. text[..colon].Select(Letter)],
            colon >= 0 && colon + 1 < text.Length ? Letter(text[colon + 1]) : ValType.None);
    }

    private static ValType Letter(char letter) => letter switch
    {
        'i' => ValType.I32,
        'I' => ValType.I64,
        'f' => ValType.F32,
        'F' => ValType.F64,
        'v' => ValType.V128,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };
}
