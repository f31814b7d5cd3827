using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>What is called in an instance.</summary>
/// <param name="Export">Name of the export.</param>
/// <param name="Arguments">Makes the arguments for the export's type.</param>
/// <param name="IsExtism">Whether input, output and failure go by Extism's interface.</param>
internal sealed record GuestEntry(string Export, Func<FunctionType, WasmValue[]> Arguments, bool IsExtism = false)
{
    /// <summary>An export of an Extism plug-in.</summary>
    public static GuestEntry Extism(string export) => new(export, _ => [], IsExtism: true);

    /// <summary>The entry of a WASI program.</summary>
    public static GuestEntry Start { get; } = new("_start", _ => []);
}
