using PluginHost.Wasm.Runtime;

namespace PluginHost.Sandbox;

/// <summary>Runs guest code on a stack of known size, so that how deep it may go does not depend on the caller, and no thread of the pool waits for a guest. What awaits
/// the guest goes on here: a pool whose threads are all blocked must not hold back the end of a call.</summary>
internal static class GuestThread
{
    private const int StackBytes = 16 * 1024 * 1024;

    public static Task<T> RunAsync<T>(Func<T> function)
    {
        var completion = new TaskCompletionSource<T>();
        var thread = new Thread(
            () =>
            {
                try
                {
                    StackGuard.Assume(StackBytes);
                    completion.SetResult(function());
                }
                catch (OperationCanceledException e)
                {
                    completion.SetCanceled(e.CancellationToken);
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = "PluginHost guest",
        };
        thread.Start();
        return completion.Task;
    }
}
