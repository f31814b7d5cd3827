using System.Runtime.InteropServices;

namespace PluginHost.Capabilities.Files;

/// <summary>
/// Opens a name beneath an open directory: with openat2(2), where the kernel itself promises that neither a link nor a
/// mount of magic links leads elsewhere, else with openat(2) and O_NOFOLLOW, which for a single name comes to the same.
/// </summary>
internal static unsafe partial class LinuxOpening
{
    /// <summary>One number on every architecture.</summary>
    private const int OpenAt2 = 437;

    private const ulong NoMagicLinks = 0x02;
    private const ulong NoLinks = 0x04;
    private const ulong Beneath = 0x08;
    private const int Again = 11;
    private const int NotPermitted = 1;
    private const int NotImplemented = 38;
    private const int Attempts = 16;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>Whether openat2 was found not to be there: an old kernel, or a filter of system calls.</summary>
    private static volatile bool _isMissing;

    /// <returns>A descriptor, or −1 with the error set.</returns>
    public static int Open(int directory, string name, int flags, int mode)
    {
        for (var attempt = 0; !_isMissing && attempt < Attempts; attempt++)
        {
            var descriptor = OpenStrictly(directory, name, flags, mode);
            var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            _isMissing = error is NotImplemented || (error is NotPermitted && IsFiltered());
            if (!_isMissing && error != Again)
            {
                return descriptor;
            }
        }

        return OpenWithoutBeneath(directory, name, flags, mode);
    }

    /// <summary>What older kernels have.</summary>
    public static int OpenWithoutBeneath(int directory, string name, int flags, int mode) => OpenAt(directory, name, flags | NoFollow, mode);

    /// <summary>Sandboxes of the machine may answer to any use of a call that they do not know with EPERM.</summary>
    private static bool IsFiltered() => OpenStrictly(-1, ".", 0, 0) < 0 && Marshal.GetLastPInvokeError() is NotPermitted;

    private static int OpenStrictly(int directory, string name, int flags, int mode)
    {
        // struct open_how: flags, mode, resolve.
        var how = stackalloc ulong[] { (ulong)(flags | NoFollow), (ulong)mode, Beneath | NoLinks | NoMagicLinks };
        return (int)SystemCall(OpenAt2, directory, name, how, 3 * sizeof(ulong));
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, nint directory, string path, ulong* how, nint size);
}
