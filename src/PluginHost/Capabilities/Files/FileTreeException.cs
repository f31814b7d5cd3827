namespace PluginHost.Capabilities.Files;

/// <summary>A file operation failed.</summary>
internal sealed class FileTreeException(FileError error) : Exception(error.ToString())
{
    public FileError Error { get; } = error;
}
