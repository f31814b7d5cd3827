namespace PluginHost.Wasm;

/// <summary>The module uses a proposal that this engine does not implement or that is switched off.</summary>
public sealed class WasmUnsupportedException : WasmMalformedException
{
    internal WasmUnsupportedException(string proposal, long? offset = null)
        : base($"the module needs the WebAssembly feature '{proposal}', which this engine does not run", offset) => Proposal = proposal;

    /// <summary>Name of the proposal, for instance <c>threads</c>.</summary>
    public string Proposal { get; }
}
