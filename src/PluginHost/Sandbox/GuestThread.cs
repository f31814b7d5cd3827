using System.Runtime.ExceptionServices;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Sandbox;

/// <summary>Runs guest code on a stack of known size, so that how deep it may go does not depend on the caller.</summary>
internal static class GuestThread
{
    private const int StackBytes = 16 * 1024 * 1024;

    public static void Run(Action action)
    {
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    StackGuard.Assume(StackBytes);
                    action();
                }
                catch (Exception e)
                {
                    error = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = "PluginHost guest",
        };
        thread.Start();
        thread.Join();
        error?.Throw();
    }
}
