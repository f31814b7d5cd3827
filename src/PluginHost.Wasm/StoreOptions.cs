namespace PluginHost.Wasm;

/// <summary>Placeholder replaced below.</summary>
public sealed record StoreOptions
{
}
