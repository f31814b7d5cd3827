namespace PluginHost.Wasm;

/// <summary>A module was refused before any of it ran. The subclass says at which stage.</summary>
public abstract class WasmModuleException : Exception
{
    private protected WasmModuleException(string message, long? offset)
        : base(offset is { } at ? $"{message} (at byte {at})" : message) => Offset = offset;

    /// <summary>Position of the fault in the module's bytes, where it is known.</summary>
    public long? Offset { get; }
}
