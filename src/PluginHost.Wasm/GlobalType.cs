namespace PluginHost.Wasm;

/// <summary>The type of a global (spec 2.3.10).</summary>
/// <param name="Value">Type of its value.</param>
/// <param name="Mutable">Whether it may be set.</param>
public sealed record GlobalType(ValType Value, bool Mutable);
