using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Reading and writing of files and streams.</content>
internal sealed partial class WasiHost
{
    private const int MaxVectors = 1024;
    private const int MaxStreamRead = 64 * 1024;
    private const ushort AppendFlag = 1;
    private const ushort SyncFlags = 2 | 16;

    private static void DefineTransfers(Linker linker)
    {
        linker.Define(Module, "fd_read", (Func<Caller, int, int, int, int, int>)((caller, fd, vectors, count, result) =>
            Run(caller, host => host.Read(caller, fd, vectors, (uint)count, null, result))));
        linker.Define(Module, "fd_pread", (Func<Caller, int, int, int, long, int, int>)((caller, fd, vectors, count, offset, result) =>
            Run(caller, host => host.Read(caller, fd, vectors, (uint)count, offset, result))));
        linker.Define(Module, "fd_write", (Func<Caller, int, int, int, int, int>)(static (caller, fd, vectors, count, result) => Of(caller).Write(caller, fd, vectors, count, result)));
        linker.Define(Module, "fd_pwrite", (Func<Caller, int, int, int, long, int, int>)((caller, fd, vectors, count, offset, result) =>
            Run(caller, host => host.Write(caller, fd, vectors, (uint)count, offset, result))));
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
                    files => ReadFile(caller, files.Of(file), vectors, count, position),
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
        _call.DemandQuiet(Capability.Stdio, stream.Name, allowed, 0, allowed ? "" : $"more than {_call.Grant.StdioBytes} bytes of input and output in one call");
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

    private long ReadFile(Caller caller, IFileNode file, int vectors, long count, long position)
    {
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            _call.Stop.ThrowIfCancellationRequested();
            var read = file.Read(GuestMemory.Of(caller).Bytes(address, length), position + total);
            total += read;
            if (read < length)
            {
                break;
            }
        }

        return total;
    }

    /// <summary>Programs write line by line: this way costs nothing beside the write itself.</summary>
    private int Write(Caller caller, int fd, int vectors, int count, int result)
    {
        try
        {
            return (int)Write(caller, fd, vectors, (uint)count, null, result);
        }
        catch (Exception e) when (NumberOf(e) is { } number)
        {
            return (int)number;
        }
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
            case FileDescriptor file:
                total = WriteFile(caller, file, vectors, count, offset);
                break;
            default:
                throw new WasiException(Errno.IsDirectory);
        }

        GuestMemory.Of(caller).SetU32(result, (uint)total);
        return Errno.Success;
    }

    /// <summary>Writes at a place, or where the descriptor stands, or at the end where it appends.</summary>
    private long WriteFile(Caller caller, FileDescriptor file, int vectors, long count, long? offset)
    {
        ArgumentNegative(offset ?? 0);
        var appends = offset is null && (file.Flags & AppendFlag) != 0;
        var (start, written) = Effect(
            Demand(file.Grant, file.Path, write: true),
            files =>
            {
                // The right is looked at after the demand: a grant that is missing is on record either way.
                Require(file, Rights.Write);
                var node = files.Of(file);
                var result = appends ? Append(caller, node, vectors, count) : (offset ?? file.Position, WriteAt(caller, node, vectors, count, offset ?? file.Position));
                if ((file.Flags & SyncFlags) != 0)
                {
                    node.Flush();
                }

                return result;
            },
            result => (0, result.Item2));
        file.Position = offset is null ? start + written : file.Position;
        return written;
    }

    private (long Start, long Written) Append(Caller caller, IFileNode file, int vectors, long count)
    {
        lock (file.AppendGate)
        {
            var end = file.Status.Size;
            return (end, WriteAt(caller, file, vectors, count, end));
        }
    }

    private long WriteStream(Caller caller, StreamDescriptor stream, int vectors, long count)
    {
        CheckCount(count);
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            var (address, length) = Vector(GuestMemory.Of(caller), vectors, i);
            var allowed = _call.QuietBytes(Capability.Stdio) + length <= _call.Grant.StdioBytes;
            _call.DemandQuiet(Capability.Stdio, stream.Name, allowed, length, allowed ? "" : $"more than {_call.Grant.StdioBytes} bytes of output in one call");
            stream.Stream.Write(GuestMemory.Of(caller).Bytes(address, length));
            total += length;
            BytesWritten += length;
        }

        return total;
    }

    private long WriteAt(Caller caller, IFileNode file, int vectors, long count, long position)
    {
        var total = 0L;
        foreach (var (address, length) in Vectors(caller, vectors, count))
        {
            _call.Stop.ThrowIfCancellationRequested();
            file.Write(GuestMemory.Of(caller).Bytes(address, length), position + total);
            total += length;
        }

        return total;
    }

    /// <summary>The vectors of a read or write; their addresses are checked when they are used.</summary>
    private static (int Address, uint Length)[] Vectors(Caller caller, int vectors, long count)
    {
        CheckCount(count);
        var result = new (int, uint)[count];
        for (var i = 0; i < count; i++)
        {
            result[i] = Vector(GuestMemory.Of(caller), vectors, i);
        }

        return result;
    }

    private static (int Address, uint Length) Vector(GuestMemory memory, int vectors, int index)
    {
        const int vectorBytes = 8;
        var at = vectors + (index * vectorBytes);
        return ((int)memory.U32(at), memory.U32(at + 4));
    }

    private static void CheckCount(long count)
    {
        if (count > MaxVectors)
        {
            throw new WasiException(Errno.Invalid);
        }
    }
}
