namespace PluginHost.Wasm.Compilation;

/// <summary>What follows the opcode of a recorded instruction.</summary>
internal enum CilOperand : byte
{
    None,
    Byte,
    Int32,
    Int64,
    Float32,
    Float64,
    Local,
    Argument,
    Label,
    Switch,
    Field,
    Method,
    CallIndirect,

    /// <summary>A call of the method itself.</summary>
    Self,
    Class,

    /// <summary>No instruction: the label stands here.</summary>
    Mark,

    /// <summary>No instruction: fuel for a block is charged here, at a price known when the block ends.</summary>
    Charge,

    /// <summary>No instruction: depth and stack are checked here if the method turns out to call anything.</summary>
    StackCheck,
}
