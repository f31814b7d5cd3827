using PluginHost.Capabilities.Files;

namespace PluginHost.Abi.Wasi;

/// <summary>An open file below a granted root.</summary>
internal sealed class FileDescriptor(FileGrant grant, string path, IFileNode file) : Descriptor
{
    private const byte Regular = 4;

    public FileGrant Grant { get; } = grant;

    public string Path { get; } = path;

    public IFileNode File { get; } = file;

    public long Position { get; set; }

    public override byte FileType => Regular;

    public override void Dispose()
    {
        File.Dispose();
        base.Dispose();
    }
}
