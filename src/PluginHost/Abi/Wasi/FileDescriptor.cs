using PluginHost.Capabilities.Files;

namespace PluginHost.Abi.Wasi;

/// <summary>An open file below a granted root.</summary>
internal sealed class FileDescriptor(FileGrant grant, string path, IFileNode file) : Descriptor
{
    private const byte Regular = 4;

    public FileGrant Grant { get; } = grant;

    public string Path { get; } = path;

    public long Position { get; set; }

    public override byte FileType => Regular;

    /// <summary>The file itself, for who holds a lease.</summary>
    public IFileNode Node(LeasedFiles lease)
    {
        lease.Check(Grant, Path);
        return file;
    }

    public override void Dispose()
    {
        file.Dispose();
        base.Dispose();
    }
}
