namespace PluginHost.Wasm;

/// <summary>The type of a memory (spec 2.3.8).</summary>
/// <param name="Limits">Its size range in pages of 64 KiB.</param>
public sealed record MemoryType(Limits Limits);
