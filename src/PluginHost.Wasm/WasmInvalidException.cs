namespace PluginHost.Wasm;

/// <summary>The module is well-formed but not valid (spec chapter 3, validation).</summary>
public sealed class WasmInvalidException : WasmModuleException
{
    internal WasmInvalidException(string message, long? offset = null)
        : base(message, offset)
    {
    }
}
