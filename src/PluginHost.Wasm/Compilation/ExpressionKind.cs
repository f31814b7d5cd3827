namespace PluginHost.Wasm.Compilation;

/// <summary>What a pending operand is.</summary>
internal enum ExpressionKind : byte
{
    Constant,
    Null,
    Local,
    Temporary,
    Global,
    Load,
    Operation,
    MemorySize,
}
