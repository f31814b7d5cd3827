namespace PluginHost.Conformance.Wast;

/// <summary>A command came out otherwise than the script says.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
