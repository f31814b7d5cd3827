using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Times of files. There is one, that of the last change; a time of access is not kept, so setting it does nothing.</content>
internal sealed partial class WasiHost
{
    private const int AccessFlag = 1;
    private const int AccessNowFlag = 2;
    private const int ModifiedFlag = 4;
    private const int ModifiedNowFlag = 8;

    private void DefineTimes(Linker linker)
    {
        linker.Define(Module, "fd_filestat_set_times", HostFunction.Create((Func<Caller, int, long, long, int, int>)(
            (_, fd, _, modified, flags) => Run(() => SetTimes(fd, (ulong)modified, flags)))));
        linker.Define(Module, "path_filestat_set_times", HostFunction.Create((Func<Caller, int, int, int, int, long, long, int, int>)(
            (caller, fd, _, path, length, _, modified, flags) => Run(() => SetTimes(fd, Path(caller, path, length), (ulong)modified, flags)))));
    }

    private Errno SetTimes(int fd, ulong modified, int flags)
    {
        var time = Modified(modified, flags);
        var descriptor = Find(fd);
        var (grant, path) = descriptor switch
        {
            FileDescriptor file => (file.Grant, file.Path),
            DirectoryDescriptor directory => (directory.Grant, directory.Path),
            _ => throw new WasiException(Errno.Invalid),
        };
        return Effect(Demand(grant, path, write: true), () =>
        {
            Require(descriptor, Rights.SetTimes);
            if (time is { } at && descriptor is FileDescriptor file)
            {
                file.File.SetModified(at);
            }
            else if (time is { } when && descriptor is DirectoryDescriptor directory)
            {
                directory.Directory.SetModified(null, when);
            }

            return Errno.Success;
        });
    }

    private Errno SetTimes(int fd, string path, ulong modified, int flags)
    {
        var time = Modified(modified, flags);
        var parent = Get<DirectoryDescriptor>(fd);
        return Effect(Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: true), () =>
        {
            Require(parent, Rights.PathSetTimes);
            using var walk = PathWalk.To(parent.Directory, path);
            if (walk.Name is { } name)
            {
                Checked(walk, walk.Directory.StatusOf(name));
            }

            if (time is { } at)
            {
                walk.Directory.SetModified(walk.Name, at);
            }

            return Errno.Success;
        });
    }

    /// <summary>The time that is asked for; null where only that of access is.</summary>
    private DateTimeOffset? Modified(ulong nanoseconds, int flags)
    {
        const int contradiction = ModifiedFlag | ModifiedNowFlag, other = AccessFlag | AccessNowFlag;
        if ((flags & contradiction) == contradiction || (flags & other) == other || (flags & ~(contradiction | other)) != 0)
        {
            throw new WasiException(Errno.Invalid);
        }

        return (flags & contradiction) switch
        {
            ModifiedNowFlag => _program.Time.GetUtcNow(),
            ModifiedFlag => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100)),
            _ => null,
        };
    }
}
