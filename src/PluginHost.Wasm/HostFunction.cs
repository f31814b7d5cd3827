using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>A function of the host that modules can import.</summary>
public sealed class HostFunction
{
    private HostFunction(FunctionType type, Delegate? typed, HostCallback? callback)
    {
        Type = type;
        Typed = typed;
        Callback = callback;
    }

    /// <summary>Its type, read off the delegate or given.</summary>
    public FunctionType Type { get; }

    /// <summary>A delegate of exactly the shape of <see cref="HostDelegates.Find"/>, called without boxing.</summary>
    internal Delegate? Typed { get; }

    internal HostCallback? Callback { get; }

    /// <summary>Wraps a delegate: <c>Action</c> or <c>Func</c> that takes a <see cref="Caller"/> first and numbers after.</summary>
    /// <param name="function">For instance <c>Func&lt;Caller, int, long, int&gt;</c>.</param>
    /// <exception cref="ArgumentException">The delegate is of another shape.</exception>
    public static HostFunction Create(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var type = HostDelegates.OfHost(function.GetType())
            ?? throw new ArgumentException("an Action or Func over Caller and int, long, float or double is needed", nameof(function));
        return new HostFunction(type, function, null);
    }

    /// <summary>Wraps a callback that takes and leaves values of any types.</summary>
    public static HostFunction Create(FunctionType type, HostCallback callback)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(type, null, callback);
    }
}
