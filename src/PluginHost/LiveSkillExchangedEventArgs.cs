namespace PluginHost;

/// <summary>Which version took the place of which.</summary>
/// <param name="before">The version that took calls until now.</param>
/// <param name="after">The version that takes them from now on.</param>
public sealed class LiveSkillExchangedEventArgs(string before, string after) : EventArgs
{
    /// <summary>The version that took calls until now.</summary>
    public string Before { get; } = before;

    /// <summary>The version that takes them from now on.</summary>
    public string After { get; } = after;
}
