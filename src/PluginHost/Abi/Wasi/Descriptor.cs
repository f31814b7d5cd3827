using PluginHost.Capabilities.Files;

namespace PluginHost.Abi.Wasi;

/// <summary>An open file descriptor of a guest.</summary>
internal abstract class Descriptor : IDisposable
{
    public Rights Rights { get; set; } = Rights.All;

    public ushort Flags { get; set; }

    public abstract byte FileType { get; }

    public virtual void Dispose()
    {
    }
}

/// <summary>Standard input, output or error.</summary>
internal sealed class StreamDescriptor(string name, Stream stream, bool input) : Descriptor
{
    private const byte Character = 2;

    public string Name { get; } = name;

    public Stream Stream { get; } = stream;

    public bool IsInput { get; } = input;

    public override byte FileType => Character;
}

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

/// <summary>An open directory, a granted root or below one.</summary>
internal sealed class DirectoryDescriptor(FileGrant grant, string path, IDirectoryNode directory, bool preopened) : Descriptor
{
    private const byte Folder = 3;

    public FileGrant Grant { get; } = grant;

    public string Path { get; } = path;

    public IDirectoryNode Directory { get; } = directory;

    public bool IsPreopened { get; } = preopened;

    public override byte FileType => Folder;

    public override void Dispose()
    {
        if (!IsPreopened)
        {
            Directory.Dispose();
        }

        base.Dispose();
    }
}
