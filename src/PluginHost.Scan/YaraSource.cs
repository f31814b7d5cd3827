namespace PluginHost.Scan;

/// <summary>A file of rules.</summary>
/// <param name="Name">Its name, for messages and findings.</param>
/// <param name="Content">What it holds.</param>
public sealed record YaraSource(string Name, ReadOnlyMemory<byte> Content);
