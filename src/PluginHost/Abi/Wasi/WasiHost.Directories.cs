using System.Text;
using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Listing of directories.</content>
internal sealed partial class WasiHost
{
    /// <summary>The listing that a sequence of readdir calls goes through: one for a call, because they can be large.</summary>
    private IReadOnlyList<FileEntry> _listing = [];
    private DirectoryDescriptor? _listed;

    private static void DefineDirectories(Linker linker)
    {
        linker.Define(Module, "fd_readdir", (Func<Caller, int, int, int, long, int, int>)((caller, fd, buffer, length, cookie, result) =>
            Run(caller, host => host.ReadDirectory(caller, fd, buffer, (uint)length, (ulong)cookie, result))));
    }

    private Errno ReadDirectory(Caller caller, int fd, int buffer, long length, ulong cookie, int result)
    {
        var directory = Get<DirectoryDescriptor>(fd);
        Require(directory, Rights.ReadDirectory);
        if (cookie == 0 || !ReferenceEquals(_listed, directory))
        {
            _listing = Effect(Demand(directory.Grant, directory.Path, write: false), files => List(files.Of(directory)));
            _listed = directory;
        }

        var used = 0L;
        for (var i = cookie; i < (ulong)_listing.Count && used < length; i++)
        {
            var entry = DirectoryEntry(_listing[(int)i], i + 1);
            var size = (int)Math.Min(entry.Length, length - used);
            entry.AsSpan(0, size).CopyTo(GuestMemory.Of(caller).Bytes((int)(buffer + used), size));
            used += size;
        }

        GuestMemory.Of(caller).SetU32(result, (uint)used);
        return Errno.Success;
    }

    /// <summary>The entries after the two that every directory has. What lies above is nobody's business: it has no number.</summary>
    private static IReadOnlyList<FileEntry> List(IDirectoryNode directory) =>
    [
        new FileEntry(".", FileKind.Directory, directory.Status.Id),
        new FileEntry("..", FileKind.Directory, 0),
        .. directory.List(),
    ];

    private static byte[] DirectoryEntry(FileEntry entry, ulong next)
    {
        const int head = 24;
        var name = Encoding.UTF8.GetBytes(entry.Name);
        var bytes = new byte[head + name.Length];
        BitConverter.TryWriteBytes(bytes, next);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), entry.Id);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), name.Length);
        bytes[20] = FileType(entry.Kind);
        name.CopyTo(bytes, head);
        return bytes;
    }
}
