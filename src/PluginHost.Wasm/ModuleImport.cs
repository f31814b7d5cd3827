namespace PluginHost.Wasm;

/// <summary>Something a module needs from outside. Exactly one of the types is set, the one of <see cref="Kind"/>.</summary>
/// <param name="Module">First part of its name.</param>
/// <param name="Name">Second part of its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Function">Type of an imported function.</param>
/// <param name="Table">Type of an imported table.</param>
/// <param name="Memory">Type of an imported memory.</param>
/// <param name="Global">Type of an imported global.</param>
public sealed record ModuleImport(
    string Module,
    string Name,
    ExternalKind Kind,
    FunctionType? Function = null,
    TableType? Table = null,
    MemoryType? Memory = null,
    GlobalType? Global = null);
