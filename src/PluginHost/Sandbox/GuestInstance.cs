using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>A store and the instance that is made in it, no later than in its first call.</summary>
internal sealed class GuestInstance(long memoryBytes) : IDisposable
{
    public Store Store { get; } = new(new StoreOptions { MemoryBytes = memoryBytes });

    /// <summary>What its memories may take.</summary>
    public long MemoryBytes => Store.Options.MemoryBytes;

    /// <summary>The instance; null until it is made.</summary>
    public Instance? Instance { get; set; }

    /// <summary>Whether the guest's own runtime was started.</summary>
    public bool IsInitialized { get; set; }

    public void Dispose() => Store.Dispose();
}
