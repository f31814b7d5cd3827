namespace PluginHost.Wasm.Compilation;

/// <summary>What follows the opcode of a recorded instruction.</summary>
internal enum CilOperand : byte
{
    None,

    /// <summary>An instruction that was taken back.</summary>
    Nothing,
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

    /// <summary>A number less one is subtracted.</summary>
    Bound,

    /// <summary>No instruction: a number of 64 bits (1) or 32 (0) is changed into itself where rotations have to be hidden.</summary>
    HideRotation,

    /// <summary>No instruction: depth and stack are checked here if the method turns out to call anything.</summary>
    StackCheck,
}
