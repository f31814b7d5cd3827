namespace PluginHost.Wasm;

/// <summary>A WebAssembly value type. The numbers are the binary encoding (spec 5.3.1, 5.3.3).</summary>
public enum ValType : byte
{
    /// <summary>No type; not a value type of the specification.</summary>
    None = 0,

    /// <summary>A reference to something of the host, opaque to the guest.</summary>
    ExternRef = 0x6F,

    /// <summary>A reference to a function.</summary>
    FuncRef = 0x70,

    /// <summary>A 128-bit vector.</summary>
    V128 = 0x7B,

    /// <summary>A 64-bit IEEE 754 float.</summary>
    F64 = 0x7C,

    /// <summary>A 32-bit IEEE 754 float.</summary>
    F32 = 0x7D,

    /// <summary>A 64-bit integer of no fixed signedness.</summary>
    I64 = 0x7E,

    /// <summary>A 32-bit integer of no fixed signedness.</summary>
    I32 = 0x7F,
}
