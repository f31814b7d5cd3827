using System.Text;
using PluginHost.Capabilities.Files;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Hard and symbolic links, and what they lead to.</content>
internal sealed partial class WasiHost
{
    private static void DefineLinks(Linker linker)
    {
        linker.Define(Module, "path_link", (Func<Caller, int, int, int, int, int, int, int, int>)(
            (caller, fd, lookup, path, length, newFd, newPath, newLength) =>
                Run(caller, host => host.Link(fd, lookup, Path(caller, path, length), newFd, Path(caller, newPath, newLength)))));
        linker.Define(Module, "path_symlink", (Func<Caller, int, int, int, int, int, int>)(
            (caller, target, targetLength, fd, path, length) =>
                Run(caller, host => host.CreateLink(Path(caller, target, targetLength), fd, Path(caller, path, length)))));
        linker.Define(Module, "path_readlink", (Func<Caller, int, int, int, int, int, int, int>)(
            (caller, fd, path, length, buffer, size, result) =>
                Run(caller, host => host.ReadLink(caller, fd, Path(caller, path, length), buffer, (uint)size, result))));
    }

    /// <summary>Both ends change: the file has one more name afterwards. So both are demanded, and both have to be writable.</summary>
    private Errno Link(int fd, int lookup, string path, int newFd, string newPath)
    {
        var source = Get<DirectoryDescriptor>(fd);
        var target = Get<DirectoryDescriptor>(newFd);
        if (Follows(lookup))
        {
            return Errno.Invalid;
        }

        var lease = Demand(source.Grant, GuestPaths.Join(source.Path, path), write: true);
        return Effect(lease, here => Effect(Demand(target.Grant, GuestPaths.Join(target.Path, newPath), write: true), there =>
        {
            Require(source, Rights.LinkSource);
            Require(target, Rights.LinkTarget);
            RequireLinks(source.Grant);
            RequireLinks(target.Grant);
            using var from = PathWalk.To(here.Of(source), path);
            using var to = PathWalk.To(there.Of(target), newPath);
            if (from.Status().Kind == FileKind.Directory)
            {
                return Errno.NotPermitted;
            }

            from.Directory.Link(from.Name!, to.Directory, NewName(to));
            return Errno.Success;
        }));
    }

    private Errno CreateLink(string target, int fd, string path)
    {
        var parent = Get<DirectoryDescriptor>(fd);
        return Effect(Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: true), files =>
        {
            Require(parent, Rights.Symlink);
            RequireLinks(parent.Grant);
            using var walk = PathWalk.To(files.Of(parent), path);
            var name = NewName(walk);
            CheckTarget(target);
            walk.Directory.CreateLink(name, target);
            return Errno.Success;
        });
    }

    /// <summary>Whoever follows a link looks where it leads; this only keeps out what could lead nowhere a guest may go.</summary>
    private static void CheckTarget(string target)
    {
        if (target.Length == 0 || target.StartsWith('/') || target.AsSpan().ContainsAny('\\', '\0'))
        {
            throw new FileTreeException(target.Length == 0 ? FileError.NotFound : FileError.Denied);
        }
    }

    private static void RequireLinks(FileGrant grant)
    {
        if (!grant.AllowsLinks)
        {
            throw new FileTreeException(FileError.Unsupported);
        }
    }

    /// <summary>The name of something that is to be created and is no directory.</summary>
    private static string NewName(PathWalk walk)
    {
        if (walk.Name is not { } name)
        {
            throw new FileTreeException(FileError.Exists);
        }

        if (walk.MustBeDirectory)
        {
            // There is nothing, or a file, or a directory, which is in the way.
            walk.Status();
            throw new FileTreeException(FileError.Exists);
        }

        return name;
    }

    private Errno ReadLink(Caller caller, int fd, string path, int buffer, long size, int result)
    {
        var parent = Get<DirectoryDescriptor>(fd);
        var target = Effect(Demand(parent.Grant, GuestPaths.Join(parent.Path, path), write: false), files =>
        {
            Require(parent, Rights.ReadLink);
            using var walk = PathWalk.To(files.Of(parent), path);
            return walk.Name is { } name ? walk.Directory.ReadLink(name) : throw new FileTreeException(FileError.NotALink);
        });

        // Where a link of the machine leads outside of the root, how the machine is laid out is the machine's matter.
        CheckTarget(target);
        var bytes = Encoding.UTF8.GetBytes(target).AsSpan();
        bytes = bytes[..(int)Math.Min(bytes.Length, size)];
        bytes.CopyTo(GuestMemory.Of(caller).Bytes(buffer, bytes.Length));
        GuestMemory.Of(caller).SetU32(result, (uint)bytes.Length);
        return Errno.Success;
    }
}
