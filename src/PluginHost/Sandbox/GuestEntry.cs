using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>What is called in an instance.</summary>
/// <param name="Export">Name of the export.</param>
/// <param name="Arguments">Makes the arguments for the export's type.</param>
internal sealed record GuestEntry(string Export, Func<FunctionType, WasmValue[]> Arguments)
{
    /// <summary>The entry of a WASI program.</summary>
    public static GuestEntry Start { get; } = new("_start", _ => []);
}
