namespace PluginHost.Wasm;

/// <summary>The size range of a table (in elements) or a memory (in pages of 64 KiB), spec 2.3.7.</summary>
/// <param name="Minimum">Initial size.</param>
/// <param name="Maximum">Largest size, or null where the module sets none.</param>
public readonly record struct Limits(uint Minimum, uint? Maximum);
