namespace PluginHost.Abi.AssemblyScript;

/// <summary>A program called <c>abort</c>.</summary>
internal sealed class AbortException(string message) : Exception(message);
