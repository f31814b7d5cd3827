namespace PluginHost.Wasm;

/// <summary>Proposals beyond WebAssembly 2.0, all of them part of 3.0, that the engine runs.</summary>
[Flags]
public enum WasmFeatures
{
    /// <summary>WebAssembly 2.0 alone.</summary>
    None = 0,

    /// <summary>Integer arithmetic in constant expressions.</summary>
    ExtendedConst = 1,

    /// <summary><c>return_call</c> and <c>return_call_indirect</c>.</summary>
    TailCall = 2,

    /// <summary>More than one memory.</summary>
    MultiMemory = 4,

    /// <summary>Everything that the engine runs.</summary>
    All = ExtendedConst | TailCall | MultiMemory,
}
