using ModelContextProtocol.Protocol;
using PluginHost.Capabilities;

namespace PluginHost.Agents.Mcp;

/// <summary>
/// What a client is told of a tool's effects, derived from what it is granted, not from what its publisher says. Hints, as the protocol calls them: what a tool can do is
/// decided by the gate alone.
/// </summary>
internal static class GrantAnnotations
{
    /// <summary>Capabilities that change nothing outside of a call.</summary>
    private static readonly Capability[] Inner = [Capability.FilesystemRead, Capability.Random, Capability.Log, Capability.Stdio, Capability.Clock, Capability.Environment];

    public static ToolAnnotations Of(AgentTool tool)
    {
        var granted = tool.Skill.Grants[tool.Tool.Id].Items.Select(item => item.Capability).ToHashSet();
        var reaches = granted.Overlaps([Capability.HttpEgress, Capability.HostFunction, Capability.SkillCall]);
        var isReadOnly = granted.All(capability => Inner.Contains(capability));
        return new ToolAnnotations
        {
            Title = tool.Tool.Name,
            ReadOnlyHint = isReadOnly,
            DestructiveHint = !isReadOnly && (reaches || granted.Contains(Capability.FilesystemWrite)),
            IdempotentHint = isReadOnly,
            OpenWorldHint = reaches,
        };
    }
}
