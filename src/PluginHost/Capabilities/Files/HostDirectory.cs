using Microsoft.Win32.SafeHandles;

namespace PluginHost.Capabilities.Files;

/// <summary>
/// A directory of the machine that the embedder mapped. Works on handles: what was checked is what is used, whatever
/// another process does to the names in between.
/// </summary>
internal sealed class HostDirectory : IDirectoryNode
{
    private readonly SafeFileHandle _handle;
    private DirectoryQuota? _quota;

    private HostDirectory(SafeFileHandle handle, DirectoryQuota? quota = null)
    {
        _handle = handle;
        _quota = quota;
    }

    public FileStatus Status => LinuxFiles.Status(_handle);

    /// <summary>What it is, by whatever path or mount it was reached.</summary>
    public FileIdentity Identity => LinuxFiles.Identity(_handle);

    /// <summary>What it is and what it lies in, up to the root.</summary>
    public IReadOnlyList<FileIdentity> Ancestry()
    {
        var chain = new List<FileIdentity> { Identity };
        var directory = LinuxFiles.OpenDirectory(_handle, ".");
        try
        {
            while (true)
            {
                var parent = LinuxFiles.OpenParent(directory);
                directory.Dispose();
                directory = parent;
                var identity = LinuxFiles.Identity(parent);
                if (identity == chain[^1])
                {
                    return chain;
                }

                chain.Add(identity);
            }
        }
        finally
        {
            directory.Dispose();
        }
    }

    /// <exception cref="PlatformNotSupportedException">The system has no openat(2) that is known here.</exception>
    /// <exception cref="FileTreeException">It is no directory, or may not be opened.</exception>
    public static HostDirectory Open(string path) => OperatingSystem.IsLinux()
        ? new HostDirectory(LinuxFiles.OpenRoot(path))
        : throw new PlatformNotSupportedException("this version maps directories on Linux only; files in memory work everywhere");

    /// <summary>Bounds what its files may come to. Set before a guest sees it.</summary>
    public void Limit(long maxBytes) => _quota = new DirectoryQuota(this, maxBytes);

    public IDirectoryNode Duplicate() => new HostDirectory(LinuxFiles.OpenDirectory(_handle, "."), _quota);

    public IDirectoryNode OpenDirectory(string name) => new HostDirectory(LinuxFiles.OpenDirectory(_handle, Single(name)), _quota);

    public IFileNode OpenFile(string name, FileOpenOptions options)
    {
        if (options.Create)
        {
            FileNames.Check(name);
        }

        var handle = LinuxFiles.OpenFile(_handle, Single(name), options.Write || options.Truncate, options.Create, options.Exclusive);
        try
        {
            var status = LinuxFiles.Status(handle);
            switch (status.Kind)
            {
                case FileKind.Directory:
                    throw new FileTreeException(FileError.IsADirectory);
                case not FileKind.Regular:
                    throw new FileTreeException(FileError.Denied);
            }

            // A second name of the file may lie outside of what was granted.
            if ((options.Write || options.Truncate) && status.Links > 1)
            {
                throw new FileTreeException(FileError.Denied);
            }

            var file = new HostFile(handle, _quota);
            if (options.Truncate)
            {
                file.SetLength(0);
            }

            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public FileStatus StatusOf(string name) => LinuxFiles.Status(_handle, Single(name));

    public void SetTimes(string? name, DateTimeOffset? accessed, DateTimeOffset? modified)
    {
        // A second name of the file may lie outside of what was granted; what is neither file nor link is none of the guest's business.
        if (name is not null && StatusOf(name) is { Kind: not FileKind.Directory } status && (status.Kind == FileKind.Unknown || status.Links > 1))
        {
            throw new FileTreeException(FileError.Denied);
        }

        LinuxFiles.SetTimes(_handle, name, accessed, modified);
    }

    public void CreateDirectory(string name)
    {
        FileNames.Check(name);
        LinuxFiles.CreateDirectory(_handle, name);
    }

    public void RemoveDirectory(string name) => LinuxFiles.Remove(_handle, Single(name), directory: true);

    public void RemoveFile(string name) => LinuxFiles.Remove(_handle, Single(name), directory: false);

    public void Rename(string name, IDirectoryNode target, string newName)
    {
        FileNames.Check(newName);
        LinuxFiles.Rename(_handle, Single(name), HandleOf(target), newName);
    }

    public void Link(string name, IDirectoryNode target, string newName)
    {
        FileNames.Check(newName);
        LinuxFiles.Link(_handle, Single(name), HandleOf(target), newName);
    }

    public void CreateLink(string name, string target)
    {
        FileNames.Check(name);
        LinuxFiles.CreateLink(_handle, name, target);
    }

    public string ReadLink(string name) => LinuxFiles.ReadLink(_handle, Single(name));

    public IReadOnlyList<FileEntry> List()
    {
        var names = LinuxFiles.Names(_handle, FileNames.MaxEntries);
        names.Sort(StringComparer.Ordinal);
        return [.. names.Select(Entry)];
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle HandleOf(IDirectoryNode target) =>
        (target as HostDirectory)?._handle ?? throw new FileTreeException(FileError.CrossDevice);

    private FileEntry Entry(string name)
    {
        try
        {
            var status = LinuxFiles.Status(_handle, name);
            return new FileEntry(name, status.Kind, status.Id);
        }
        catch (FileTreeException)
        {
            return new FileEntry(name, FileKind.Unknown, 0);
        }
    }

    private static string Single(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0
            ? name
            : throw new FileTreeException(FileError.InvalidName);
}
