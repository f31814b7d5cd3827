namespace PluginHost.Wasm.Binary;

/// <summary>Decodes instructions (spec 5.4). What it lets pass is well-formed, not yet valid.</summary>
internal static class InstructionReader
{
    public static void Read(ref WasmReader reader, Instruction into, WasmLimits limits)
    {
        into.Offset = reader.Position;
        var info = Opcode(ref reader, limits.Features);
        into.Info = info;
        switch (info.Shape)
        {
            case OpcodeShape.Plain:
                break;
            case OpcodeShape.BlockType:
                into.BlockType = BlockType(ref reader);
                break;
            case OpcodeShape.Label:
            case OpcodeShape.FunctionIndex:
            case OpcodeShape.LocalIndex:
            case OpcodeShape.GlobalIndex:
            case OpcodeShape.TableIndex:
            case OpcodeShape.DataIndex:
            case OpcodeShape.ElementIndex:
                into.Index = reader.U32();
                break;
            case OpcodeShape.LabelTable:
                LabelTable(ref reader, into, limits);
                break;
            case OpcodeShape.TypeAndTable:
            case OpcodeShape.ElementAndTable:
            case OpcodeShape.TwoTables:
                into.Index = reader.U32();
                into.Second = reader.U32();
                break;
            case OpcodeShape.Memory:
                MemoryArgument(ref reader, into, limits.Features);
                break;
            case OpcodeShape.MemoryLane:
                MemoryArgument(ref reader, into, limits.Features);
                into.Second = reader.Byte();
                break;
            case OpcodeShape.Lane:
                into.Second = reader.Byte();
                break;
            case OpcodeShape.Shuffle:
            case OpcodeShape.ConstV128:
                into.Bits = reader.F64Bits();
                into.High = reader.F64Bits();
                break;
            case OpcodeShape.MemoryIndex:
                into.Index = MemoryIndex(ref reader, limits.Features);
                break;
            case OpcodeShape.DataAndMemory:
                into.Index = reader.U32();
                into.Second = MemoryIndex(ref reader, limits.Features);
                break;
            case OpcodeShape.TwoMemories:
                into.Index = MemoryIndex(ref reader, limits.Features);
                into.Second = MemoryIndex(ref reader, limits.Features);
                break;
            case OpcodeShape.ConstI32:
                into.Bits = (uint)reader.S32();
                break;
            case OpcodeShape.ConstI64:
                into.Bits = (ulong)reader.S64();
                break;
            case OpcodeShape.ConstF32:
                into.Bits = reader.F32Bits();
                break;
            case OpcodeShape.ConstF64:
                into.Bits = reader.F64Bits();
                break;
            case OpcodeShape.RefType:
                into.Type = reader.ReferenceType();
                break;
            case OpcodeShape.SelectTypes:
                SelectTypes(ref reader, into);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(into));
        }
    }

    /// <summary>Above the alignment stands a bit that says whether the memory is named.</summary>
    private static void MemoryArgument(ref WasmReader reader, Instruction into, WasmFeatures features)
    {
        const uint named = 1 << 6;
        var flags = reader.U32();
        if (flags >= ((features & WasmFeatures.MultiMemory) != 0 ? 2 * named : named / 2))
        {
            throw reader.Malformed("malformed memop flags");
        }

        into.Index = flags & ~named;
        into.Memory = (flags & named) != 0 ? reader.U32() : 0;
        into.Bits = reader.U32();
    }

    private static OpcodeInfo Opcode(ref WasmReader reader, WasmFeatures features)
    {
        var at = reader.Position;
        var code = reader.Byte();
        if (OpcodeTable.Find(code) is { } info)
        {
            return info.Code is Binary.Opcode.ReturnCall or Binary.Opcode.ReturnCallIndirect && (features & WasmFeatures.TailCall) == 0
                ? throw new WasmUnsupportedException("tail-call", at)
                : info;
        }

        if (code == 0xFC)
        {
            var number = reader.U32();
            return OpcodeTable.FindMisc(number) ?? throw new WasmMalformedException($"illegal opcode 0xfc {number}", at);
        }

        if (code == VectorOpcodes.Prefix)
        {
            var number = reader.U32();
            return OpcodeTable.FindVector(number) ?? throw (number is >= 0x100 and < 0x130
                ? new WasmUnsupportedException("relaxed-simd", at)
                : new WasmMalformedException($"illegal opcode 0xfd {number}", at));
        }

        throw Proposal(code) is { } proposal
            ? new WasmUnsupportedException(proposal, at)
            : new WasmMalformedException($"illegal opcode 0x{code:x2}", at);
    }

    private static string? Proposal(byte code) => code switch
    {
        0x06 or 0x07 or 0x08 or 0x09 or 0x0A or 0x18 or 0x19 or 0x1F => "exception-handling",
        0x14 or 0x15 or 0xD4 or 0xD5 or 0xD6 => "function-references",
        0xD3 or 0xFB => "gc",
        0xFE => "threads",
        _ => null,
    };

    private static long BlockType(ref WasmReader reader)
    {
        var first = reader.PeekByte();
        if (first is >= 0x40 and < 0x80)
        {
            return first == 0x40 ? SkipEmpty(ref reader) : (long)(sbyte)((byte)reader.ValueType() | 0x80);
        }

        var at = reader.Position;
        var index = reader.S33();
        return index >= 0 ? index : throw new WasmMalformedException("malformed block type", at);
    }

    private static long SkipEmpty(ref WasmReader reader)
    {
        reader.Byte();
        return -64;
    }

    private static void LabelTable(ref WasmReader reader, Instruction into, WasmLimits limits)
    {
        var count = reader.Count(nameof(WasmLimits.BranchTargets), limits.BranchTargets);
        into.Labels.Clear();
        for (var i = 0; i <= count; i++)
        {
            into.Labels.Add(reader.U32());
        }
    }

    /// <summary>Before there could be several memories, a byte stood here that had to be zero.</summary>
    private static uint MemoryIndex(ref WasmReader reader, WasmFeatures features)
    {
        if ((features & WasmFeatures.MultiMemory) != 0)
        {
            return reader.U32();
        }

        return reader.Byte() == 0 ? 0u : throw reader.Malformed("zero byte expected");
    }

    private static void SelectTypes(ref WasmReader reader, Instruction into)
    {
        var count = reader.U32();
        if (count > (uint)reader.Remaining)
        {
            throw reader.Malformed("unexpected end");
        }

        // Any other arity is well-formed; the validator refuses it.
        into.Index = count;
        for (var i = 0u; i < count; i++)
        {
            into.Type = reader.ValueType();
        }
    }
}
