using System.Text;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Functions on open descriptors.</content>
internal sealed partial class WasiHost
{
    private const int MaxVectors = 1024;
    private const int MaxStreamRead = 64 * 1024;
    private const ushort AppendFlag = 1;

    /// <summary>The listing that a sequence of readdir calls goes through: one for a call, because they can be large.</summary>
    private IReadOnlyList<FileEntry> _listing = [];
    private DirectoryDescriptor? _listed;

    private void DefineDescriptors(Linker linker)
    {
        linker.Define(Module, "fd_read", HostFunction.Create((Func<Caller, int, int, int, int, int>)((caller, fd, vectors, count, result) =>
            Run(() => Read(caller, fd, vectors, (uint)count, null, result)))));
        linker.Define(Module, "fd_pread", HostFunction.Create((Func<Caller, int, int, int, long, int, int>)((caller, fd, vectors, count, offset, result) =>
            Run(() => Read(caller, fd, vectors, (uint)count, offset, result)))));
        linker.Define(Module, "fd_write", HostFunction.Create((Func<Caller, int, int, int, int, int>)((caller, fd, vectors, count, result) =>
            Run(() => Write(caller, fd, vectors, (uint)count, null, result)))));
        linker.Define(Module, "fd_pwrite", HostFunction.Create((Func<Caller, int, int, int, long, int, int>)((caller, fd, vectors, count, offset, result) =>
            Run(() => Write(caller, fd, vectors, (uint)count, offset, result)))));
        linker.Define(Module, "fd_seek", HostFunction.Create((Func<Caller, int, long, int, int, int>)((caller, fd, offset, whence, result) =>
            Run(() => Seek(caller, fd, offset, whence, result)))));
        linker.Define(Module, "fd_tell", HostFunction.Create((Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(() => Seek(caller, fd, 0, 1, result)))));
        linker.Define(Module, "fd_close", HostFunction.Create((Func<Caller, int, int>)((_, fd) => Run(() => Close(fd)))));
        linker.Define(Module, "fd_renumber", HostFunction.Create((Func<Caller, int, int, int>)((_, from, to) => Run(() => Renumber(from, to)))));
        linker.Define(Module, "fd_sync", HostFunction.Create((Func<Caller, int, int>)((_, fd) => Run(() => Flush(fd)))));
        linker.Define(Module, "fd_datasync", HostFunction.Create((Func<Caller, int, int>)((_, fd) => Run(() => Flush(fd)))));
        linker.Define(Module, "fd_advise", HostFunction.Create((Func<Caller, int, long, long, int, int>)((_, fd, _, _, _) =>
            Run(() => Get<FileDescriptor>(fd) is null ? Errno.BadDescriptor : Errno.Success))));
        linker.Define(Module, "fd_fdstat_get", HostFunction.Create((Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(() => DescriptorStatus(caller, fd, result)))));
        linker.Define(Module, "fd_fdstat_set_flags", HostFunction.Create((Func<Caller, int, int, int>)((_, fd, flags) =>
            Run(() => SetFlags(fd, flags)))));
        linker.Define(Module, "fd_fdstat_set_rights", HostFunction.Create((Func<Caller, int, long, long, int>)((_, fd, rights, _) =>
            Run(() => SetRights(fd, (Rights)rights)))));
        linker.Define(Module, "fd_filestat_get", HostFunction.Create((Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(() => FileStatus(caller, fd, result)))));
        linker.Define(Module, "fd_filestat_set_size", HostFunction.Create((Func<Caller, int, long, int>)((_, fd, size) =>
            Run(() => SetSize(fd, size)))));
        linker.Define(Module, "fd_allocate", HostFunction.Create((Func<Caller, int, long, long, int>)((_, fd, offset, length) =>
            Run(() => Allocate(fd, offset, length)))));
        linker.Define(Module, "fd_prestat_get", HostFunction.Create((Func<Caller, int, int, int>)((caller, fd, result) =>
            Run(() => Preopened(caller, fd, result)))));
        linker.Define(Module, "fd_prestat_dir_name", HostFunction.Create((Func<Caller, int, int, int, int>)((caller, fd, buffer, length) =>
            Run(() => PreopenedName(caller, fd, buffer, (uint)length)))));
        linker.Define(Module, "fd_readdir", HostFunction.Create((Func<Caller, int, int, int, long, int, int>)((caller, fd, buffer, length, cookie, result) =>
            Run(() => ReadDirectory(caller, fd, buffer, (uint)length, (ulong)cookie, result)))));
    }

    private Errno Read(Caller caller, int fd, int vectors, long count, long? offset, int result)
    {
        var total = 0L;
        switch (Find(fd))
        {
            case StreamDescriptor { IsInput: true } stream when offset is null:
                total = ReadStream(caller, stream, vectors, count);
                break;
            case StreamDescriptor:
                throw new WasiException(offset is null ? Errno.BadDescriptor : Errno.NotSeekable);
            case FileDescriptor file:
                Require(file, Rights.Read);
                var position = offset ?? file.Position;
                ArgumentNegative(position);
                total = Effect(
                    Demand(file.Grant, file.Path, write: false),
                    () => ReadFile(caller, file, vectors, count, position),
                    bytes => (bytes, 0));
                file.Position = offset is null ? position + total : file.Position;
                break;
            default:
                throw new WasiException(Errno.IsDirectory);
        }

        GuestMemory.Of(caller).SetU32(result, (uint)total);
        return Errno.Success;
    }

    private long ReadStream(Caller caller, StreamDescriptor stream, int vectors, long count)
    {
        var allowed = _call.QuietBytes(Capability.Stdio) < _call.Grant.StdioBytes;
        _call.DemandQuiet(Capability.Stdio, stream.Name, allowed, 0, $"more than {_call.Grant.StdioBytes} bytes of input and output in one call");
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            var buffer = new byte[Math.Min(GuestMemory.Of(caller).Bytes(address, length).Length, MaxStreamRead)];
            var read = Stream(stream.Stream, () => stream.Stream.Read(buffer));
            buffer.AsSpan(0, read).CopyTo(GuestMemory.Of(caller).Bytes(address, length));
            _call.CountQuiet(Capability.Stdio, read);
            BytesRead += read;
            total += read;
            if (read < length)
            {
                break;
            }
        }

        return total;
    }

    private static long ReadFile(Caller caller, FileDescriptor file, int vectors, long count, long position)
    {
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            var read = file.File.Read(GuestMemory.Of(caller).Bytes(address, length), position + total);
            total += read;
            if (read < length)
            {
                break;
            }
        }

        return total;
    }

    private Errno Write(Caller caller, int fd, int vectors, long count, long? offset, int result)
    {
        var total = 0L;
        switch (Find(fd))
        {
            case StreamDescriptor { IsInput: false } stream when offset is null:
                total = WriteStream(caller, stream, vectors, count);
                break;
            case StreamDescriptor:
                throw new WasiException(offset is null ? Errno.BadDescriptor : Errno.NotSeekable);
            case FileDescriptor file when offset is null && (file.Flags & AppendFlag) != 0:
                lock (file.File.AppendGate)
                {
                    total = Write(caller, file, vectors, count, file.File.Status.Size, moves: true);
                }

                break;
            case FileDescriptor file:
                total = Write(caller, file, vectors, count, offset ?? file.Position, moves: offset is null);
                break;
            default:
                throw new WasiException(Errno.IsDirectory);
        }

        GuestMemory.Of(caller).SetU32(result, (uint)total);
        return Errno.Success;
    }

    private long Write(Caller caller, FileDescriptor file, int vectors, long count, long position, bool moves)
    {
        ArgumentNegative(position);
        var lease = Demand(file.Grant, file.Path, write: true);
        var total = Effect(
            lease,
            () => WriteFile(caller, file, vectors, count, position),
            bytes => (0, bytes));
        if (moves)
        {
            file.Position = position + total;
        }

        return total;
    }

    private long WriteStream(Caller caller, StreamDescriptor stream, int vectors, long count)
    {
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            var allowed = _call.QuietBytes(Capability.Stdio) + length <= _call.Grant.StdioBytes;
            _call.DemandQuiet(Capability.Stdio, stream.Name, allowed, length, $"more than {_call.Grant.StdioBytes} bytes of output in one call");
            var bytes = GuestMemory.Of(caller).Bytes(address, length).ToArray();
            Stream(stream.Stream, () =>
            {
                stream.Stream.Write(bytes);
                return bytes.Length;
            });
            total += length;
            BytesWritten += length;
        }

        return total;
    }

    private static long WriteFile(Caller caller, FileDescriptor file, int vectors, long count, long position)
    {
        // The right is looked at after the demand: a grant that is missing is on record either way.
        Require(file, Rights.Write);
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            file.File.Write(GuestMemory.Of(caller).Bytes(address, length), position + total);
            total += length;
        }

        return total;
    }

    /// <summary>The vectors of a read or write; their addresses are checked when they are used.</summary>
    private static (int Address, uint Length)[] Vectors(Caller caller, int vectors, long count)
    {
        const int vectorBytes = 8;
        if (count > MaxVectors)
        {
            throw new WasiException(Errno.Invalid);
        }

        var result = new (int, uint)[count];
        for (var i = 0; i < count; i++)
        {
            var at = vectors + (i * vectorBytes);
            result[i] = ((int)GuestMemory.Of(caller).U32(at), GuestMemory.Of(caller).U32(at + 4));
        }

        return result;
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
        Require(file, whence == 1 && offset == 0 ? Rights.Tell : Rights.Seek);
        var origin = whence switch
        {
            0 => 0,
            1 => file.Position,
            2 => file.File.Status.Size,
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
        var file = Get<FileDescriptor>(fd);
        return Effect(Demand(file.Grant, file.Path, write: true), () =>
        {
            file.File.Flush();
            return Errno.Success;
        });
    }

    private Errno DescriptorStatus(Caller caller, int fd, int result)
    {
        const int bytes = 24;
        var descriptor = Find(fd);
        var memory = GuestMemory.Of(caller);
        memory.Bytes(result, bytes).Clear();
        memory.SetByte(result, descriptor.FileType);
        memory.SetU16(result + 2, descriptor.Flags);

        // A stream that can seek would be buffered differently by C libraries; terminals and pipes cannot.
        var rights = descriptor is StreamDescriptor ? descriptor.Rights & ~(Rights.Seek | Rights.Tell) : descriptor.Rights;
        memory.SetU64(result + 8, (ulong)rights);
        memory.SetU64(result + 16, (ulong)rights);
        return Errno.Success;
    }

    private Errno SetFlags(int fd, int flags)
    {
        const int known = 0x1F;
        if ((flags & ~known) != 0)
        {
            return Errno.Invalid;
        }

        Find(fd).Flags = (ushort)flags;
        return Errno.Success;
    }

    private Errno SetRights(int fd, Rights rights)
    {
        var descriptor = Find(fd);
        Require(descriptor, rights);
        descriptor.Rights = rights;
        return Errno.Success;
    }

    private Errno FileStatus(Caller caller, int fd, int result)
    {
        switch (Find(fd))
        {
            case FileDescriptor file:
                WriteStatus(caller, result, Effect(Demand(file.Grant, file.Path, write: false), () => file.File.Status));
                break;
            case DirectoryDescriptor directory:
                WriteStatus(caller, result, Effect(Demand(directory.Grant, directory.Path, write: false), () => directory.Directory.Status));
                break;
            case { } stream:
                const int bytes = 64;
                GuestMemory.Of(caller).Bytes(result, bytes).Clear();
                GuestMemory.Of(caller).SetByte(result + 16, stream.FileType);
                break;
        }

        return Errno.Success;
    }

    private static void WriteStatus(Caller caller, int at, FileStatus status)
    {
        const int bytes = 64;
        var memory = GuestMemory.Of(caller);
        var time = (ulong)(status.Modified - DateTimeOffset.UnixEpoch).Ticks * 100;
        memory.Bytes(at, bytes).Clear();
        memory.SetU64(at + 8, status.Id);
        memory.SetByte(at + 16, FileType(status.Kind));
        memory.SetU64(at + 24, status.Links);
        memory.SetU64(at + 32, (ulong)status.Size);
        memory.SetU64(at + 40, time);
        memory.SetU64(at + 48, time);
        memory.SetU64(at + 56, time);
    }

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
        return Effect(Demand(file.Grant, file.Path, write: true), () =>
        {
            Require(file, Rights.SetSize);
            file.File.SetLength(size);
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

        return Effect(Demand(file.Grant, file.Path, write: true), () =>
        {
            Require(file, Rights.Allocate);
            if (file.File.Status.Size < offset + length)
            {
                file.File.SetLength(offset + length);
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

    private Errno ReadDirectory(Caller caller, int fd, int buffer, long length, ulong cookie, int result)
    {
        var directory = Get<DirectoryDescriptor>(fd);
        Require(directory, Rights.ReadDirectory);
        if (cookie == 0 || !ReferenceEquals(_listed, directory))
        {
            _listing = Effect(Demand(directory.Grant, directory.Path, write: false), directory.Directory.List);
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
