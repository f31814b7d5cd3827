using System.Collections.Immutable;
using PluginHost.Library;

namespace PluginHost.Lifecycle;

/// <summary>What happens to a version of a skill: one line of the journal.</summary>
internal sealed record LifecycleChange
{
    /// <summary>What is done, in one word: <c>installed</c>, <c>updated</c>, <c>enabled</c>, <c>quarantined</c>.</summary>
    public required string Event { get; init; }

    public required string Skill { get; init; }

    public required string Version { get; init; }

    public required string Publisher { get; init; }

    /// <summary>Digest of its payload: which bytes are meant.</summary>
    public required string Payload { get; init; }

    /// <summary>Whether somebody signed it. What nobody signed bears its names without any right to them, so it is known by its payload alone.</summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>The statuses that it goes through, the one that it had first.</summary>
    public required ImmutableArray<SkillStatus> Way { get; init; }

    /// <summary>Who does it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>What speaks for it: decisions, digests, statements that were signed.</summary>
    public ImmutableSortedDictionary<string, string> Evidence { get; init; } = LifecycleEvidence.None;

    /// <summary>Its entry among the installed skills, where it becomes one.</summary>
    public InstalledSkill? Installed { get; init; }

    /// <summary>The version of the skill that is the current one from now on; null where that does not change, empty where there is none any more.</summary>
    public string? Current { get; init; }

    public SkillStatus From => Way[0];

    public SkillStatus To => Way[^1];
}
