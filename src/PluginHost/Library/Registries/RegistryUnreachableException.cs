namespace PluginHost.Library.Registries;

/// <summary>Something on the network does not answer as it should: nothing of this machine is wrong.</summary>
internal sealed class RegistryUnreachableException(string message, Exception? inner = null) : IOException(message, inner);
