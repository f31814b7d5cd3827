namespace PluginHost.Wasm.Runtime;

/// <summary>First argument of all compiled code: an instance, or a function of the host.</summary>
public abstract class CallTarget
{
    /// <summary>The store that it lives in.</summary>
    internal readonly Store Store;

    private protected CallTarget(Store store) => Store = store;
}
