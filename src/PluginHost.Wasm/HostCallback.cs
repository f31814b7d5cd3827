namespace PluginHost.Wasm;

/// <summary>A function of the host over values of any types.</summary>
/// <param name="caller">Who calls.</param>
/// <param name="arguments">Values of the parameters' types.</param>
/// <param name="results">To be filled with values of the results' types.</param>
public delegate void HostCallback(Caller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);
