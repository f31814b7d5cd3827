namespace PluginHost.Abi.Extism;

/// <summary>A guest used the interface wrongly, or a service of the host failed; ends the call as its own failure.</summary>
internal sealed class ExtismErrorException(string message) : Exception(message);
