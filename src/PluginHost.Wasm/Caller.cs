
namespace PluginHost.Wasm;

/// <summary>The guest that calls a function of the host, as that function sees it.</summary>
public sealed class Caller
{
    private readonly Instance _instance;
    private WasmMemory? _memory;

    internal Caller(Instance instance) => _instance = instance;

    /// <summary>The store that runs.</summary>
    public Store Store => _instance.Store;

    /// <summary>The instance that imports the function.</summary>
    public Instance Instance => _instance;

    /// <summary>The memory that the instance exports as <c>memory</c>, else its first one, else null.</summary>
    public WasmMemory? Memory => _memory ??= _instance.GetMemory("memory") ?? _instance.Memory0;
}
