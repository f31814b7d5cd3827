namespace PluginHost.Capabilities.Http;

/// <summary>An allowed request got no answer.</summary>
internal sealed class HttpFailedException(string reason) : Exception(reason)
{
    /// <summary>Whether the same request may well be answered the next time.</summary>
    public bool IsTransient { get; init; }
}
