namespace PluginHost.Capabilities.Http;

/// <summary>An allowed request got no answer.</summary>
internal sealed class HttpFailedException(string reason) : Exception(reason);
