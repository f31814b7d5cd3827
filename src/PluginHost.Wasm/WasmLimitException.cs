namespace PluginHost.Wasm;

/// <summary>The module, or an instance of it, is larger than a limit of the engine allows.</summary>
public sealed class WasmLimitException : WasmModuleException
{
    internal WasmLimitException(string limit, long asked, long allowed, long? offset = null)
        : base($"{limit}: {asked} exceeds the limit of {allowed}", offset) => Limit = limit;

    /// <summary>Name of the limit, a property of <see cref="WasmLimits"/> or <see cref="StoreOptions"/>.</summary>
    public string Limit { get; }
}
