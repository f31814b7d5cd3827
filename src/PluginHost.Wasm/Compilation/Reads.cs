namespace PluginHost.Wasm.Compilation;

/// <summary>State that a pending operand reads, and that must not change before it is evaluated.</summary>
[Flags]
internal enum Reads : byte
{
    None = 0,
    Memory = 1,
    Globals = 2,
    Locals = 4,
}
