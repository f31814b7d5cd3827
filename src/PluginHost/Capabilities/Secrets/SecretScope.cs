namespace PluginHost.Capabilities.Secrets;

/// <summary>For which calls a secret is meant, as its scope says.</summary>
internal static class SecretScope
{
    private const string Global = "global";

    /// <param name="name">The secret, <c>scope/key</c>.</param>
    /// <param name="skill">Id of the skill that runs.</param>
    /// <param name="context">On whose behalf it runs.</param>
    public static bool Covers(string name, string skill, CallContext context)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var scope = slash < 0 ? "" : name[..slash];
        return scope == Global
            || scope == "skill:" + skill
            || (context.Principal is { } principal && scope == "principal:" + principal)
            || (context.Channel is { } channel && scope == "channel:" + channel);
    }
}
