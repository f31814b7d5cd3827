using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>Reserves address space and makes parts of it usable, by the operating system's own means.</summary>
internal static partial class AddressSpace
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 3;
    private const int MapPrivate = 2;
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemDecommit = 0x4000;
    private const uint MemRelease = 0x8000;
    private const int MapFixed = 0x10;
    private const int DontNeed = 4;

    /// <summary>Overwriting so little costs less than faulting its pages in again.</summary>
    private const int MostToOverwrite = 128 * 1024;
    private const uint PageNoAccess = 1;
    private const uint PageReadWrite = 4;

    // MAP_ANONYMOUS | MAP_NORESERVE differ between Linux and the BSD family.
    private static readonly int MapFlags = MapPrivate | (OperatingSystem.IsLinux() ? 0x20 | 0x4000 : 0x1000 | 0x40);

    public static nint Reserve(long bytes)
    {
        if (!Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException("guest memories need a 64-bit address space");
        }

        var address = OperatingSystem.IsWindows()
            ? VirtualAlloc(0, (nuint)bytes, MemReserve, PageNoAccess)
            : Map(0, (nuint)bytes, ProtectNone, MapFlags, -1, 0);
        return address is 0 or -1 ? throw Failed("address space for a guest memory could not be reserved") : address;
    }

    /// <summary>Makes a part readable and writable; it reads as zeros.</summary>
    /// <returns>False where the system has no memory left.</returns>
    public static bool Commit(nint address, long bytes) => OperatingSystem.IsWindows()
        ? VirtualAlloc(address, (nuint)bytes, MemCommit, PageReadWrite) != 0
        : Protect(address, (nuint)bytes, ProtectReadWrite) == 0;

    /// <summary>Makes a part unusable again; its content is gone.</summary>
    /// <returns>False where that failed, and the whole range must be released.</returns>
    public static bool Decommit(nint address, long bytes)
    {
        if (bytes == 0)
        {
            return true;
        }

        // See TryClear about Linux. Elsewhere new pages are put in their place.
        return OperatingSystem.IsWindows() ? VirtualFree(address, (nuint)bytes, MemDecommit)
            : OperatingSystem.IsLinux() ? Advise(address, (nuint)bytes, DontNeed) == 0 && Protect(address, (nuint)bytes, ProtectNone) == 0
            : Map(address, (nuint)bytes, ProtectNone, MapFlags | MapFixed, -1, 0) == address;
    }

    /// <summary>Makes a part read as zeros again, where the system has a cheap way; else it becomes unusable.</summary>
    /// <param name="address">Its start.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="usable">How much of it is usable afterwards.</param>
    /// <returns>False where that failed, and the whole range must be released.</returns>
    public static unsafe bool TryClear(nint address, long bytes, out long usable)
    {
        usable = OperatingSystem.IsLinux() ? bytes : 0;
        if (OperatingSystem.IsLinux() && bytes <= MostToOverwrite)
        {
            new Span<byte>((void*)address, (int)bytes).Clear();
            return true;
        }

        // Linux alone promises that pages given back this way read as zeros.
        return OperatingSystem.IsLinux() ? Advise(address, (nuint)bytes, DontNeed) == 0 : Decommit(address, bytes);
    }

    public static void Release(nint address, long bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            VirtualFree(address, 0, MemRelease);
        }
        else
        {
            Unmap(address, (nuint)bytes);
        }
    }

    private static InsufficientMemoryException Failed(string message) =>
        new(message, new Win32Exception(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint size, uint type);
}
