namespace PluginHost.Wasm.Binary;

/// <summary>Which immediates follow an opcode.</summary>
internal enum OpcodeShape : byte
{
    Plain,
    BlockType,
    Label,
    LabelTable,
    FunctionIndex,
    TypeAndTable,
    LocalIndex,
    GlobalIndex,
    TableIndex,
    Memory,
    MemoryIndex,
    ConstI32,
    ConstI64,
    ConstF32,
    ConstF64,
    RefType,
    SelectTypes,
    DataAndMemory,
    DataIndex,
    TwoMemories,
    ElementAndTable,
    ElementIndex,
    TwoTables,
    MemoryLane,
    Lane,
    Shuffle,
    ConstV128,
}
