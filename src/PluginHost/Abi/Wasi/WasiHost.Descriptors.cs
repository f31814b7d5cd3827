using System.Text;
using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Functions on open descriptors.</content>
internal sealed partial class WasiHost
{
    private const int KnownFlags = 0x1F;

    private static void DefineDescriptors(Linker linker)
    {
        linker.Define(Module, "fd_seek", (Func<Caller, int, long, int, int, int>)((caller, fd, offset, whence, result) =>
            Run(caller, host => host.Seek(caller, fd, offset, whence, result))));
        linker.Define(Module, "fd_tell", (Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(caller, host => host.Seek(caller, fd, 0, 1, result))));
        linker.Define(Module, "fd_close", (Func<Caller, int, int>)((caller, fd) => Run(caller, host => host.Close(fd))));
        linker.Define(Module, "fd_renumber", (Func<Caller, int, int, int>)((caller, from, to) => Run(caller, host => host.Renumber(from, to))));
        linker.Define(Module, "fd_sync", (Func<Caller, int, int>)((caller, fd) => Run(caller, host => host.Flush(fd))));
        linker.Define(Module, "fd_datasync", (Func<Caller, int, int>)((caller, fd) => Run(caller, host => host.Flush(fd))));
        linker.Define(Module, "fd_advise", (Func<Caller, int, long, long, int, int>)((caller, fd, offset, length, advice) =>
            Run(caller, host => host.Advise(fd, offset, length, advice))));
        linker.Define(Module, "fd_fdstat_get", (Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(caller, host => host.DescriptorStatus(caller, fd, result))));
        linker.Define(Module, "fd_fdstat_set_flags", (Func<Caller, int, int, int>)((caller, fd, flags) =>
            Run(caller, host => host.SetFlags(fd, flags))));
        linker.Define(Module, "fd_fdstat_set_rights", (Func<Caller, int, long, long, int>)((caller, fd, rights, inheriting) =>
            Run(caller, host => host.SetRights(fd, (Rights)rights, (Rights)inheriting))));
        linker.Define(Module, "fd_filestat_get", (Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(caller, host => host.FileStatus(caller, fd, result))));
        linker.Define(Module, "fd_filestat_set_size", (Func<Caller, int, long, int>)((caller, fd, size) =>
            Run(caller, host => host.SetSize(fd, size))));
        linker.Define(Module, "fd_allocate", (Func<Caller, int, long, long, int>)((caller, fd, offset, length) =>
            Run(caller, host => host.Allocate(fd, offset, length))));
        linker.Define(Module, "fd_prestat_get", (Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(caller, host => host.Preopened(caller, fd, result))));
        linker.Define(Module, "fd_prestat_dir_name", (Func<Caller, int, int, int, int>)((caller, fd, buffer, length) =>
            Run(caller, host => host.PreopenedName(caller, fd, buffer, (uint)length))));
    }

    private static void ArgumentNegative(long position)
    {
        if (position < 0)
        {
            throw new WasiException(Errno.Invalid);
        }
    }

    private Errno Seek(Caller caller, int fd, long offset, int whence, int result)
    {
        var file = Get<FileDescriptor>(fd);
        if (whence != 1 || offset != 0 || (file.Rights & Rights.Tell) == 0)
        {
            Require(file, Rights.Seek);
        }

        var origin = whence switch
        {
            0 => 0,
            1 => file.Position,
            2 => Effect(Demand(file.Grant, file.Path, write: false), files => files.Of(file).Status.Size),
            _ => throw new WasiException(Errno.Invalid),
        };
        var position = unchecked(origin + offset);
        ArgumentNegative(position);
        file.Position = position;
        GuestMemory.Of(caller).SetU64(result, (ulong)position);
        return Errno.Success;
    }

    private Errno Close(int fd)
    {
        Find(fd).Dispose();
        _descriptors[fd] = null;
        return Errno.Success;
    }

    private Errno Renumber(int from, int to)
    {
        var moved = Find(from);
        var replaced = Find(to);
        if (from == to)
        {
            return Errno.Success;
        }

        replaced.Dispose();
        _descriptors[to] = moved;
        _descriptors[from] = null;
        return Errno.Success;
    }

    private Errno Flush(int fd)
    {
        if (Find(fd) is DirectoryDescriptor)
        {
            // Its entries are flushed with the files.
            return Errno.Success;
        }

        var file = Get<FileDescriptor>(fd);
        return Effect(Demand(file.Grant, file.Path, write: true), files =>
        {
            files.Of(file).Flush();
            return Errno.Success;
        });
    }

    /// <summary>Nothing is done with the advice, but it has to be one.</summary>
    private Errno Advise(int fd, long offset, long length, int advice)
    {
        const int last = 5;
        _ = Get<FileDescriptor>(fd);
        return offset < 0 || length < 0 || (uint)advice > last ? Errno.Invalid : Errno.Success;
    }

    private Errno DescriptorStatus(Caller caller, int fd, int result)
    {
        const int bytes = 24;
        var descriptor = Find(fd);
        var memory = GuestMemory.Of(caller);
        memory.Bytes(result, bytes).Clear();
        memory.SetByte(result, descriptor.FileType);
        memory.SetU16(result + 2, descriptor.Flags);
        memory.SetU64(result + 8, (ulong)descriptor.Rights);
        memory.SetU64(result + 16, (ulong)descriptor.Inheriting);
        return Errno.Success;
    }

    private Errno SetFlags(int fd, int flags)
    {
        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.Invalid;
        }

        Find(fd).Flags = (ushort)flags;
        return Errno.Success;
    }

    private Errno SetRights(int fd, Rights rights, Rights inheriting)
    {
        var descriptor = Find(fd);
        Require(descriptor, rights);
        if ((descriptor.Inheriting & inheriting) != inheriting)
        {
            return Errno.NotCapable;
        }

        descriptor.Rights = rights;
        descriptor.Inheriting = inheriting;
        return Errno.Success;
    }

    private Errno FileStatus(Caller caller, int fd, int result)
    {
        switch (Find(fd))
        {
            case FileDescriptor file:
                WriteStatus(caller, result, file.Grant, Effect(Demand(file.Grant, file.Path, write: false), files => files.Of(file).Status));
                break;
            case DirectoryDescriptor directory:
                WriteStatus(caller, result, directory.Grant, Effect(Demand(directory.Grant, directory.Path, write: false), files => files.Of(directory).Status));
                break;
            case { } stream:
                const int bytes = 64;
                GuestMemory.Of(caller).Bytes(result, bytes).Clear();
                GuestMemory.Of(caller).SetByte(result + 16, stream.FileType);
                break;
        }

        return Errno.Success;
    }

    private void WriteStatus(Caller caller, int at, FileGrant grant, FileStatus status)
    {
        const int bytes = 64;
        var memory = GuestMemory.Of(caller);
        memory.Bytes(at, bytes).Clear();
        memory.SetU64(at, (ulong)(_call.Grant.Files.IndexOf(grant) + 1));
        memory.SetU64(at + 8, status.Id);
        memory.SetByte(at + 16, FileType(status.Kind));
        memory.SetU64(at + 24, status.Links);
        memory.SetU64(at + 32, (ulong)status.Size);
        memory.SetU64(at + 40, Nanoseconds(status.Times.Accessed));
        memory.SetU64(at + 48, Nanoseconds(status.Times.Modified));
        memory.SetU64(at + 56, Nanoseconds(status.Times.Changed));
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static byte FileType(FileKind kind) => kind switch
    {
        FileKind.Directory => 3,
        FileKind.Regular => 4,
        FileKind.Link => 7,
        _ => 0,
    };

    private Errno SetSize(int fd, long size)
    {
        var file = Get<FileDescriptor>(fd);
        ArgumentNegative(size);
        return Effect(Demand(file.Grant, file.Path, write: true), files =>
        {
            Require(file, Rights.SetSize);
            files.Of(file).SetLength(size);
            return Errno.Success;
        });
    }

    /// <summary>What a file is said to need it has afterwards: it is counted when it grows, not when it is written.</summary>
    private Errno Allocate(int fd, long offset, long length)
    {
        var file = Get<FileDescriptor>(fd);
        ArgumentNegative(offset);
        ArgumentNegative(length);
        if (length == 0 || offset > long.MaxValue - length)
        {
            throw new WasiException(length == 0 ? Errno.Invalid : Errno.FileTooBig);
        }

        return Effect(Demand(file.Grant, file.Path, write: true), files =>
        {
            Require(file, Rights.Allocate);
            if (files.Of(file).Status.Size < offset + length)
            {
                files.Of(file).SetLength(offset + length);
            }

            return Errno.Success;
        });
    }

    private Errno Preopened(Caller caller, int fd, int result)
    {
        if (Find(fd) is not DirectoryDescriptor { IsPreopened: true } directory)
        {
            return Errno.BadDescriptor;
        }

        var memory = GuestMemory.Of(caller);
        memory.SetU32(result, 0);
        memory.SetU32(result + 4, (uint)Encoding.UTF8.GetByteCount(directory.Path));
        return Errno.Success;
    }

    private Errno PreopenedName(Caller caller, int fd, int buffer, long length)
    {
        if (Find(fd) is not DirectoryDescriptor { IsPreopened: true } directory)
        {
            return Errno.BadDescriptor;
        }

        var name = Encoding.UTF8.GetBytes(directory.Path);
        if (length < name.Length)
        {
            return Errno.Invalid;
        }

        name.CopyTo(GuestMemory.Of(caller).Bytes(buffer, name.Length));
        return Errno.Success;
    }
}
