using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>A module of a package, decoded and valid.</summary>
/// <param name="Path">Its path in the package.</param>
/// <param name="Bytes">Its bytes, which were signed.</param>
/// <param name="Module">What they say.</param>
internal sealed record InspectedModule(string Path, byte[] Bytes, WasmModule Module);
