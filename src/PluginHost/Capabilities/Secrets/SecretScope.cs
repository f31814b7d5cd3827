using PluginHost.Gate;

namespace PluginHost.Capabilities.Secrets;

/// <summary>For which calls a secret is meant, as its scope says.</summary>
internal static class SecretScope
{
    private const string Global = "global";

    /// <summary>Whether a name is one that secrets have.</summary>
    public static bool IsName(string name) =>
        name.IndexOf('/', StringComparison.Ordinal) is var slash and > 0
        && (name[..slash] is Global || name[..slash].Split(':')[0] is "skill" or "principal" or "channel");

    /// <param name="name">The secret, <c>scope/key</c>.</param>
    /// <param name="skill">The skill that runs.</param>
    /// <param name="context">On whose behalf it runs.</param>
    public static bool Covers(string name, SkillIdentity skill, CallContext context)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var scope = slash < 0 ? "" : name[..slash];
        return scope == Global
            || (scope == "skill:" + skill.Skill && OwnsItsId(skill))
            || (context.Principal is { } principal && scope == "principal:" + principal)
            || (context.Channel is { } channel && scope == "channel:" + channel);
    }

    /// <summary>
    /// Anybody can write any id into a manifest. A publisher's own begin with its name and a dot; a name with a dot in it owns
    /// none, because it could be the beginning of another's id.
    /// </summary>
    private static bool OwnsItsId(SkillIdentity skill) =>
        skill.Publisher.Length > 0
        && !skill.Publisher.Contains('.', StringComparison.Ordinal)
        && skill.Skill.StartsWith(skill.Publisher + ".", StringComparison.Ordinal);
}
