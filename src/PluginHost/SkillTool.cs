using System.Text.Json;

namespace PluginHost;

/// <summary>A tool of a skill. Texts and schemas were written by the publisher.</summary>
public sealed record SkillTool
{
    internal SkillTool()
    {
    }

    /// <summary>Its id, by which it is called.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required string Description { get; init; }

    /// <summary>JSON Schema of its input, which is checked before each call.</summary>
    public required JsonElement InputSchema { get; init; }

    /// <summary>JSON Schema of its output, which is checked after each call.</summary>
    public required JsonElement OutputSchema { get; init; }

    /// <summary>Whether its publisher calls it sensitive.</summary>
    public required bool IsSensitive { get; init; }

    /// <summary>Whether its publisher wants each call approved: <see cref="SkillHostOptions.Approve"/> is asked.</summary>
    public required bool RequiresApproval { get; init; }
}
