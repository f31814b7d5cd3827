namespace PluginHost.Capabilities.Files;

/// <summary>A name in a directory.</summary>
internal readonly record struct FileEntry(string Name, FileKind Kind, ulong Id);
