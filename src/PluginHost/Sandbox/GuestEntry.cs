using PluginHost.Skills.Inspection;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>What is called in an instance.</summary>
/// <param name="Export">Name of the export.</param>
/// <param name="Arguments">Makes the arguments for the export's type.</param>
/// <param name="Abi">How input, output and failure go; null for a bare function that takes and gives numbers.</param>
internal sealed record GuestEntry(string Export, Func<FunctionType, WasmValue[]> Arguments, GuestAbi? Abi = null)
{
    /// <summary>Whether input, output and failure go by Extism's interface.</summary>
    public bool IsExtism => Abi == GuestAbi.Extism;

    /// <summary>An export of an Extism plug-in.</summary>
    public static GuestEntry Extism(string export) => Of(export, GuestAbi.Extism);

    /// <summary>The entry of a WASI program.</summary>
    public static GuestEntry Start { get; } = Of("_start", GuestAbi.Wasi);

    /// <summary>An export without parameters.</summary>
    public static GuestEntry Of(string export, GuestAbi abi) => new(export, static _ => [], abi);
}
