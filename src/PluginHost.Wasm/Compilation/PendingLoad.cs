namespace PluginHost.Wasm.Compilation;

/// <summary>A place that an indirect call goes to where its element cannot be called as it is: not compiled yet, or of another type.</summary>
/// <param name="Label">Where it is.</param>
/// <param name="Back">Where the call goes on.</param>
/// <param name="Type">The type that is called for.</param>
internal readonly record struct PendingLoad(int Label, int Back, FunctionType Type);
