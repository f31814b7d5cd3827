using System.Runtime.InteropServices;

namespace PluginHost.Sandbox;

/// <summary>Lets guests stand back a little where the processor is wanted by their host: by what stops them, and by whom they work for.</summary>
internal static partial class ThreadPriorities
{
    private const int CallingThread = 0;
    private const uint Self = 0;

    /// <summary>Half of the share of an ordinary thread: enough that what stops guests gets in between, not so little that they starve.</summary>
    private const int Niceness = 3;

    /// <summary>Lowers the priority of the calling thread. Linux has it for each thread, as niceness, which .NET does not set.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux())
        {
            // Where it is not allowed, guests share the processor as everybody does.
            _ = SetPriority(CallingThread, Self, Niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
