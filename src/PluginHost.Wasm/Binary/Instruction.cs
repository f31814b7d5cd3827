namespace PluginHost.Wasm.Binary;

/// <summary>One decoded instruction. A reader fills the same instance again and again.</summary>
internal sealed class Instruction
{
    public OpcodeInfo Info { get; set; } = OpcodeTable.Get(Opcode.Nop);

    public Opcode Code => Info.Code;

    /// <summary>Position of the opcode in the module's bytes.</summary>
    public int Offset { get; set; }

    /// <summary>First index immediate, label depth, or alignment exponent of a memory access.</summary>
    public uint Index { get; set; }

    /// <summary>Second index immediate: the table of <c>call_indirect</c>, the source of a copy, a lane.</summary>
    public uint Second { get; set; }

    /// <summary>The memory that an access goes to.</summary>
    public uint Memory { get; set; }

    /// <summary>Bits of a constant (the low ones of a vector), or the offset of a memory access.</summary>
    public ulong Bits { get; set; }

    /// <summary>The high bits of a vector: of a constant, or of the lanes that a shuffle names.</summary>
    public ulong High { get; set; }

    /// <summary>
    /// Reference type, annotated type of a select, or (set by the validator) the type that an untyped <c>drop</c> or
    /// <c>select</c> turned out to have.
    /// </summary>
    public ValType Type { get; set; }

    /// <summary>A block type as encoded: a type index if not negative, otherwise a value type or -64 for empty.</summary>
    public long BlockType { get; set; }

    /// <summary>Labels of <c>br_table</c>, the default last.</summary>
    public List<uint> Labels { get; } = [];
}
