namespace PluginHost;

/// <summary>A host function that looks at the guest's bytes where they are. The span is good until it returns.</summary>
/// <param name="input">What the guest passed.</param>
/// <param name="call">Who calls.</param>
/// <returns>What the guest gets.</returns>
public delegate byte[] SpanHostFunction(ReadOnlySpan<byte> input, HostFunctionCall call);
