namespace PluginHost.Wasm;

/// <summary>The bytes are not a WebAssembly module (spec chapter 5, binary format).</summary>
public class WasmMalformedException : WasmModuleException
{
    internal WasmMalformedException(string message, long? offset = null)
        : base(message, offset)
    {
    }
}
