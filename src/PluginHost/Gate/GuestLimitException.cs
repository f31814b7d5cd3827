namespace PluginHost.Gate;

/// <summary>A call went beyond a limit of the host; ends it.</summary>
internal sealed class GuestLimitException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
