using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>
/// Finds how far down the current thread's stack guest code may go. The runtime keeps a margin of its own; below the
/// margin that is added here run the host functions that a guest calls, and the JIT, which compiles on the guest's stack.
/// </summary>
internal static class StackGuard
{
    private const int Reserve = 256 * 1024;
    private const int Step = 16 * 1024;

    /// <summary>What the system and the runtime use of a stack before the first frame, and keep at its end.</summary>
    private const int StartAndEnd = 256 * 1024;

    /// <summary>More than any call depth needs; probing touches what it finds.</summary>
    private const int Most = 16 * 1024 * 1024;

    [ThreadStatic]
    private static nuint _lowest;

    /// <summary>Lowest address that a guest's frame may have on this thread.</summary>
    public static nuint Limit
    {
        get
        {
            if (_lowest == 0)
            {
                _lowest = Probe(Most);
            }

            return _lowest + Reserve;
        }
    }

    /// <summary>Tells the size of this thread's stack where it is known, which saves looking for its end.</summary>
    /// <param name="bytes">Size that the thread was created with; the caller is near the start of the stack.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static unsafe void Assume(int bytes)
    {
        byte here;
        _lowest = (nuint)(&here) - (nuint)(bytes - StartAndEnd);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe nuint Probe(int left)
    {
        if (left < 0 || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            byte here;
            return (nuint)(&here);
        }

        var frame = stackalloc byte[Step];
        frame[0] = 1;
        var below = Probe(left - Step);
        return frame[0] == 1 ? below : 0;
    }
}
