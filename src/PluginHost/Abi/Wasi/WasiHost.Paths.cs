using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Functions on paths below an open directory.</content>
internal sealed partial class WasiHost
{
    private const int CreateFlag = 1;
    private const int DirectoryFlag = 2;
    private const int ExclusiveFlag = 4;
    private const int TruncateFlag = 8;
    private const int FollowFlag = 1;

    private static void DefinePaths(Linker linker)
    {
        linker.Define(Module, "path_open", (Func<Caller, int, int, int, int, int, long, long, int, int, int>)(
            (caller, fd, lookup, path, length, flags, rights, inheriting, descriptorFlags, result) =>
                Run(caller, host => host.Open(caller, fd, lookup, Path(caller, path, length), flags, ((Rights)rights, (Rights)inheriting), descriptorFlags, result))));
        linker.Define(Module, "path_filestat_get", (Func<Caller, int, int, int, int, int, int>)(
            (caller, fd, lookup, path, length, result) => Run(caller, host => host.PathStatus(caller, fd, lookup, Path(caller, path, length), result))));
        linker.Define(Module, "path_create_directory", (Func<Caller, int, int, int, int>)((caller, fd, path, length) =>
            Run(caller, host => host.Change(fd, Path(caller, path, length), Rights.CreateDirectory, static (directory, name) => directory.CreateDirectory(name)))));
        linker.Define(Module, "path_remove_directory", (Func<Caller, int, int, int, int>)((caller, fd, path, length) =>
            Run(caller, host => host.Change(fd, Path(caller, path, length), Rights.RemoveDirectory, static (directory, name) => directory.RemoveDirectory(name)))));
        linker.Define(Module, "path_unlink_file", (Func<Caller, int, int, int, int>)((caller, fd, path, length) =>
            Run(caller, host => host.Change(fd, Path(caller, path, length), Rights.RemoveFile, static (directory, name) => directory.RemoveFile(name)))));
        linker.Define(Module, "path_rename", (Func<Caller, int, int, int, int, int, int, int>)(
            (caller, fd, path, length, newFd, newPath, newLength) =>
                Run(caller, host => host.Rename(fd, Path(caller, path, length), newFd, Path(caller, newPath, newLength)))));
    }

    private Errno Open(Caller caller, int fd, int lookup, string path, int flags, (Rights Own, Rights Inheriting) rights, int descriptorFlags, int result)
    {
        const int known = CreateFlag | DirectoryFlag | ExclusiveFlag | TruncateFlag;
        var parent = Get<DirectoryDescriptor>(fd);
        if ((flags & ~known) != 0 || (descriptorFlags & ~KnownFlags) != 0)
        {
            return Errno.Invalid;
        }

        Require(parent, Rights.Open);
        Require(parent, (flags & CreateFlag) != 0 && parent.Grant.CanWrite ? Rights.CreateFile : Rights.None);
        Require(parent, (flags & TruncateFlag) != 0 && parent.Grant.CanWrite ? Rights.PathSetSize : Rights.None);
        var wantsDirectory = (flags & DirectoryFlag) != 0;
        if (wantsDirectory && (flags & (CreateFlag | TruncateFlag)) != 0)
        {
            return Errno.Invalid;
        }

        if (wantsDirectory && (rights.Own & Rights.Write) != 0)
        {
            return Errno.IsDirectory;
        }

        var canonical = GuestPaths.Join(parent.Path, path);
        var follows = (Follows(lookup) || path.EndsWith('/')) && (flags & (CreateFlag | ExclusiveFlag)) != (CreateFlag | ExclusiveFlag);
        var write = !wantsDirectory && ((rights.Own & (Rights.Write | Rights.SetSize)) != 0 || (flags & (CreateFlag | TruncateFlag)) != 0);

        // Libraries ask for every right when they open a directory to look at it: what cannot be written is then opened for reading.
        if (write && (flags & (CreateFlag | TruncateFlag)) == 0 && (rights.Own & Rights.Read) != 0 && !parent.Grant.CanWrite
            && Effect(Demand(parent.Grant, canonical, write: false), files => IsDirectory(files.Of(parent), path, follows)))
        {
            write = false;
        }

        var lease = Demand(parent.Grant, canonical, write);
        var opened = Effect(lease, files => Open(files, parent, path, canonical, flags, follows, rights.Own, write));
        Restrict(opened, parent, rights.Own, rights.Inheriting);
        opened.Flags = (ushort)descriptorFlags;
        GuestMemory.Of(caller).SetU32(result, (uint)Add(opened));
        return Errno.Success;
    }

    /// <summary>Gives a descriptor the rights that were asked for, as far as its parent has them to give.</summary>
    private static void Restrict(Descriptor opened, Descriptor parent, Rights own, Rights inheriting)
    {
        var possible = opened is DirectoryDescriptor ? Rights.Directory : Rights.File;

        // Who asks for none wants to read.
        own = own == Rights.None ? ~Rights.Changing : own;
        opened.Rights = own & parent.Inheriting & possible;
        opened.Inheriting = opened is DirectoryDescriptor ? inheriting & parent.Inheriting : Rights.None;
    }

    private static bool Follows(int lookup) => (lookup & FollowFlag) != 0;

    private static bool IsDirectory(IDirectoryNode parent, string path, bool follows)
    {
        try
        {
            using var walk = PathWalk.To(parent, path, follows);
            return walk.Status().Kind == FileKind.Directory;
        }
        catch (FileTreeException)
        {
            return false;
        }
    }

    private static Descriptor Open(LeasedFiles files, DirectoryDescriptor parent, string path, string canonical, int flags, bool follows, Rights rights, bool write)
    {
        using var walk = PathWalk.To(files.Of(parent), path, follows);
        if (walk.Name is not { } name)
        {
            return new DirectoryDescriptor(parent.Grant, canonical, walk.Directory.Duplicate(), preopened: false);
        }

        if ((flags & DirectoryFlag) != 0 || walk.MustBeDirectory || ((flags & CreateFlag) == 0 && IsDirectory(walk.Directory, name)))
        {
            return new DirectoryDescriptor(parent.Grant, canonical, walk.Directory.OpenDirectory(name), preopened: false);
        }

        var options = new FileOpenOptions(
            write && (rights & (Rights.Write | Rights.SetSize)) != 0,
            (flags & CreateFlag) != 0,
            (flags & ExclusiveFlag) != 0,
            (flags & TruncateFlag) != 0);
        return new FileDescriptor(parent.Grant, canonical, walk.Directory.OpenFile(name, options));
    }

    private static bool IsDirectory(IDirectoryNode directory, string name)
    {
        try
        {
            return directory.StatusOf(name).Kind == FileKind.Directory;
        }
        catch (FileTreeException e) when (e.Error == FileError.NotFound)
        {
            return false;
        }
    }

    private Errno PathStatus(Caller caller, int fd, int lookup, string path, int result)
    {
        var parent = Get<DirectoryDescriptor>(fd);
        var lease = Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: false);
        var status = Effect(lease, files =>
        {
            using var walk = PathWalk.To(files.Of(parent), path, Follows(lookup) || path.EndsWith('/'));
            return walk.Status();
        });
        WriteStatus(caller, result, parent.Grant, status);
        return Errno.Success;
    }

    private Errno Change(int fd, string path, Rights right, Action<IDirectoryNode, string> change)
    {
        var parent = Get<DirectoryDescriptor>(fd);
        var lease = Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: true);
        return Effect(lease, files =>
        {
            Require(parent, right);
            using var walk = PathWalk.To(files.Of(parent), path);
            var name = walk.Name ?? throw new FileTreeException(FileError.InvalidName);
            if (walk.MustBeDirectory && right == Rights.RemoveFile)
            {
                walk.Status();
                throw new FileTreeException(FileError.IsADirectory);
            }

            change(walk.Directory, name);
            return Errno.Success;
        });
    }

    private Errno Rename(int fd, string path, int newFd, string newPath)
    {
        var source = Get<DirectoryDescriptor>(fd);
        var target = Get<DirectoryDescriptor>(newFd);

        // Both ends change something, so both ends are demanded.
        var lease = Demand(source.Grant, GuestPaths.Join(source.Path, path), write: true);
        return Effect(lease, here => Effect(Demand(target.Grant, GuestPaths.Join(target.Path, newPath), write: true), there =>
        {
            Require(source, Rights.RenameSource);
            Require(target, Rights.RenameTarget);
            using var from = PathWalk.To(here.Of(source), path);
            using var to = PathWalk.To(there.Of(target), newPath);
            var name = from.Name ?? throw new FileTreeException(FileError.InvalidName);
            if (from.MustBeDirectory || to.MustBeDirectory)
            {
                _ = from.Directory.StatusOf(name).Kind == FileKind.Directory ? 0 : throw new FileTreeException(FileError.NotADirectory);
            }

            from.Directory.Rename(name, to.Directory, to.Name ?? throw new FileTreeException(FileError.InvalidName));
            return Errno.Success;
        }));
    }
}
