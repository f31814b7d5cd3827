namespace PluginHost.Capabilities.Functions;

/// <summary>A function of the embedder threw; ends the guest's call. What it threw is for the caller, not for the guest.</summary>
internal sealed class HostFunctionFailedException(string name, Exception cause) : Exception($"the host function '{name}' failed", cause);
