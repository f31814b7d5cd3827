namespace PluginHost.Wasm;

/// <summary>The type of a table (spec 2.3.9).</summary>
/// <param name="Element">Type of its elements, a reference type.</param>
/// <param name="Limits">Its size range in elements.</param>
public sealed record TableType(ValType Element, Limits Limits);
