using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Times of files.</content>
internal sealed partial class WasiHost
{
    private const int AccessFlag = 1;
    private const int AccessNowFlag = 2;
    private const int ModifiedFlag = 4;
    private const int ModifiedNowFlag = 8;

    private static void DefineTimes(Linker linker)
    {
        linker.Define(Module, "fd_filestat_set_times", (Func<Caller, int, long, long, int, int>)(
            (caller, fd, accessed, modified, flags) => Run(caller, host => host.SetTimes(fd, host.Times((ulong)accessed, (ulong)modified, flags)))));
        linker.Define(Module, "path_filestat_set_times", (Func<Caller, int, int, int, int, long, long, int, int>)(
            (caller, fd, lookup, path, length, accessed, modified, flags) =>
                Run(caller, host => host.SetTimes(fd, lookup, Path(caller, path, length), host.Times((ulong)accessed, (ulong)modified, flags)))));
    }

    private Errno SetTimes(int fd, (DateTimeOffset? Accessed, DateTimeOffset? Modified) times)
    {
        var descriptor = Find(fd);
        var (grant, path) = descriptor switch
        {
            FileDescriptor file => (file.Grant, file.Path),
            DirectoryDescriptor directory => (directory.Grant, directory.Path),
            _ => throw new WasiException(Errno.Invalid),
        };
        return Effect(Demand(grant, path, write: true), files =>
        {
            Require(descriptor, Rights.SetTimes);
            if (descriptor is FileDescriptor file)
            {
                files.Of(file).SetTimes(times.Accessed, times.Modified);
            }
            else if (descriptor is DirectoryDescriptor directory)
            {
                files.Of(directory).SetTimes(null, times.Accessed, times.Modified);
            }

            return Errno.Success;
        });
    }

    private Errno SetTimes(int fd, int lookup, string path, (DateTimeOffset? Accessed, DateTimeOffset? Modified) times)
    {
        var parent = Get<DirectoryDescriptor>(fd);
        return Effect(Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: true), files =>
        {
            Require(parent, Rights.PathSetTimes);
            using var walk = PathWalk.To(files.Of(parent), path, Follows(lookup) || path.EndsWith('/'));
            walk.Status();
            walk.Directory.SetTimes(walk.Name, times.Accessed, times.Modified);
            return Errno.Success;
        });
    }

    /// <summary>The times that are asked for; null for one that stays.</summary>
    private (DateTimeOffset? Accessed, DateTimeOffset? Modified) Times(ulong accessed, ulong modified, int flags) =>
        (flags & ~(AccessFlag | AccessNowFlag | ModifiedFlag | ModifiedNowFlag)) == 0
            ? (Time(accessed, flags, AccessFlag, AccessNowFlag), Time(modified, flags, ModifiedFlag, ModifiedNowFlag))
            : throw new WasiException(Errno.Invalid);

    private DateTimeOffset? Time(ulong nanoseconds, int flags, int given, int now) =>
        (flags & (given | now)) == (given | now) ? throw new WasiException(Errno.Invalid)
        : (flags & now) != 0 ? _program.Time.GetUtcNow()
        : (flags & given) != 0 ? DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100))
        : null;
}
