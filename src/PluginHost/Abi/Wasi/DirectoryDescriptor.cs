using PluginHost.Capabilities.Files;

namespace PluginHost.Abi.Wasi;

/// <summary>An open directory, a granted root or below one.</summary>
internal sealed class DirectoryDescriptor(FileGrant grant, string path, IDirectoryNode directory, bool preopened) : Descriptor
{
    private const byte Folder = 3;

    public FileGrant Grant { get; } = grant;

    public string Path { get; } = path;

    public bool IsPreopened { get; } = preopened;

    public override byte FileType => Folder;

    /// <summary>The directory itself, for who holds a lease.</summary>
    public IDirectoryNode Node(LeasedFiles lease)
    {
        lease.Check(Grant, Path);
        return directory;
    }

    public override void Dispose()
    {
        if (!IsPreopened)
        {
            directory.Dispose();
        }

        base.Dispose();
    }
}
