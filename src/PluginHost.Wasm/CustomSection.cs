namespace PluginHost.Wasm;

/// <summary>A custom section: bytes without meaning to the engine (spec 5.5.3).</summary>
/// <param name="Name">Its name; several sections may share one.</param>
/// <param name="Content">Its bytes, after the name.</param>
public sealed record CustomSection(string Name, ReadOnlyMemory<byte> Content);
