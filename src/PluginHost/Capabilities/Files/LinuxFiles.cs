using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PluginHost.Capabilities.Files;

/// <summary>
/// The system calls that resolve one name beneath an open directory (openat(2) and its family), which the framework does
/// not offer. Never follows a link.
/// </summary>
internal static partial class LinuxFiles
{
    private const int ReadWrite = 0x2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int RemoveDirectoryFlag = 0x200;
    private const int NoFollowAt = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int CurrentDirectory = -100;

    /// <summary>The end of the year 9998: file systems know later times than the framework does.</summary>
    private const long LatestSeconds = 253_370_764_799;

    private static readonly int DirectoryOnly = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    public static SafeFileHandle OpenRoot(string path) =>
        Handle(OpenAt(CurrentDirectory, path, DirectoryOnly | CloseOnExec, 0));

    public static SafeFileHandle OpenDirectory(SafeFileHandle parent, string name) =>
        With(parent, at => Handle(LinuxOpening.Open(at, name, DirectoryOnly | CloseOnExec, 0)));

    /// <summary>Opens a file without truncating it; a pipe or device at that name does not block.</summary>
    public static SafeFileHandle OpenFile(SafeFileHandle parent, string name, bool write, bool create, bool exclusive)
    {
        var flags = CloseOnExec | NonBlocking | (write ? ReadWrite : 0) | (create ? Create : 0) | (create && exclusive ? Exclusive : 0);
        return With(parent, at => Handle(LinuxOpening.Open(at, name, flags, create ? 0x1A4 : 0)));
    }

    public static FileStatus Status(SafeFileHandle parent, string name) => With(parent, at => Status(at, name, NoFollowAt));

    public static FileStatus Status(SafeFileHandle handle) => With(handle, at => Status(at, "", EmptyPath));

    public static FileIdentity Identity(SafeFileHandle handle) => With(handle, Identity);

    public static SafeFileHandle OpenParent(SafeFileHandle directory) =>
        With(directory, at => Handle(OpenAt(at, "..", DirectoryOnly | CloseOnExec, 0)));

    /// <summary>Names in a directory: by the handle's own name in /proc, so of the directory that was opened, wherever it lies by now.</summary>
    /// <exception cref="FileTreeException">There are more than a number of them, or they cannot be read.</exception>
    public static List<string> Names(SafeFileHandle directory, int most) => With(directory, at =>
    {
        try
        {
            var names = Directory.EnumerateFileSystemEntries($"/proc/self/fd/{at}/").Take(most + 1).Select(path => Path.GetFileName(path)).ToList();
            return names.Count <= most ? names : throw new FileTreeException(FileError.TooLarge);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileTreeException(e is UnauthorizedAccessException ? FileError.Denied : FileError.Failed);
        }
    });

    /// <summary>What a path leads to, links followed.</summary>
    public static FileKind KindOf(string path) => Status(CurrentDirectory, path, 0).Kind;

    public static void CreateDirectory(SafeFileHandle parent, string name) =>
        With(parent, at => Check(MakeDirectoryAt(at, name, 0x1ED)));

    public static void Remove(SafeFileHandle parent, string name, bool directory) =>
        With(parent, at => Check(UnlinkAt(at, name, directory ? RemoveDirectoryFlag : 0)));

    public static void Rename(SafeFileHandle parent, string name, SafeFileHandle target, string newName) =>
        With(parent, at => With(target, to => Check(RenameAt(at, name, to, newName))));

    public static void Link(SafeFileHandle parent, string name, SafeFileHandle target, string newName) =>
        With(parent, at => With(target, to => Check(LinkAt(at, name, to, newName, 0))));

    public static void CreateLink(SafeFileHandle parent, string name, string target) =>
        With(parent, at => Check(SymbolicLinkAt(target, at, name)));

    public static string ReadLink(SafeFileHandle parent, string name) => With(parent, at => ReadLink(at, name));

    private static unsafe string ReadLink(int at, string name)
    {
        const int notALink = 22, size = 4097;
        var buffer = stackalloc byte[size];
        var length = (int)ReadLinkAt(at, name, buffer, size);
        if (length < 0 && Marshal.GetLastPInvokeError() == notALink)
        {
            throw new FileTreeException(FileError.NotALink);
        }

        return Check(length) < size ? Encoding.UTF8.GetString(buffer, length) : throw new FileTreeException(FileError.InvalidName);
    }

    /// <summary>Sets the times of an entry, or of what the handle is where the name is null; a null time stays.</summary>
    public static void SetTimes(SafeFileHandle handle, string? name, DateTimeOffset? accessed, DateTimeOffset? modified) =>
        With(handle, at => SetTimes(at, name, accessed, modified));

    private static unsafe int SetTimes(int at, string? name, DateTimeOffset? accessed, DateTimeOffset? modified)
    {
        var times = stackalloc long[4];
        Split(accessed, times);
        Split(modified, times + 2);
        return Check(name is null ? SetTimes(at, times) : SetTimesAt(at, name, times, NoFollowAt));

        static void Split(DateTimeOffset? time, long* parts)
        {
            const long omit = 0x3FFFFFFE;
            parts[0] = time?.ToUnixTimeSeconds() ?? 0;
            parts[1] = time is { } set ? ((set - DateTimeOffset.UnixEpoch).Ticks - (parts[0] * TimeSpan.TicksPerSecond)) * 100 : omit;
        }
    }

    private static T With<T>(SafeFileHandle handle, Func<int, T> use)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return use((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static SafeFileHandle Handle(int descriptor) => new(Check(descriptor), ownsHandle: true);

    private static int Check(int result) => result >= 0 ? result : throw new FileTreeException(Marshal.GetLastPInvokeError() switch
    {
        2 => FileError.NotFound,
        1 or 13 or 30 => FileError.Denied,
        17 => FileError.Exists,
        18 => FileError.CrossDevice,
        20 => FileError.NotADirectory,
        21 => FileError.IsADirectory,
        22 or 36 => FileError.InvalidName,
        27 => FileError.TooLarge,
        28 or 122 => FileError.NoSpace,
        39 => FileError.NotEmpty,
        40 => FileError.Link,
        6 => FileError.Denied,
        _ => FileError.Failed,
    });

    private static unsafe FileStatus Status(int at, string name, int flags)
    {
        // struct statx has one layout on every architecture: 256 bytes.
        var buffer = stackalloc byte[256];
        Check(StatX(at, name, flags, BasicStatus, buffer));
        var mode = *(ushort*)(buffer + 28);
        var kind = (mode & 0xF000) switch
        {
            0x4000 => FileKind.Directory,
            0x8000 => FileKind.Regular,
            0xA000 => FileKind.Link,
            _ => FileKind.Unknown,
        };
        return new FileStatus(
            kind, *(ulong*)(buffer + 32), *(uint*)(buffer + 16), *(long*)(buffer + 40),
            new FileTimes(Time(buffer + 64), Time(buffer + 112), Time(buffer + 96)));
    }

    private static unsafe FileIdentity Identity(int descriptor)
    {
        var buffer = stackalloc byte[256];
        Check(StatX(descriptor, "", EmptyPath, BasicStatus, buffer));
        return new FileIdentity(((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140), *(ulong*)(buffer + 32));
    }

    private static unsafe DateTimeOffset Time(byte* stamp) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(*(long*)stamp, 0, LatestSeconds)).AddTicks(*(uint*)(stamp + 8) / 100);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectoryAt(int directory, string path, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(int directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int directory, string path, int target, string newPath);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int directory, string path, int target, string newPath, int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymbolicLinkAt(string target, int directory, string path);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint ReadLinkAt(int directory, string path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static unsafe partial int SetTimes(int file, long* times);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SetTimesAt(int directory, string path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* buffer);
}
