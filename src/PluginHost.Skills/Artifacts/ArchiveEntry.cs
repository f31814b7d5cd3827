namespace PluginHost.Skills.Artifacts;

/// <summary>A file of a package.</summary>
/// <param name="Path">Its path in normal form, with slashes.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ArchiveEntry(string Path, byte[] Content);
