using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>A guest asked for something that its effective grant does not hold. The denial is on record.</summary>
public sealed class CapabilityDeniedException : SkillException, ISkillCallFailure
{
    internal CapabilityDeniedException(string skill, string tool, CapabilityDenial denial)
        : base(
            denial.Code,
            $"'{skill}' (tool '{tool}') was denied {denial.Capability} on {denial.Resource}: {denial.Rule}{(denial.Place is { } place ? $" [{place}]" : "")}. To allow it: {denial.SmallestGrant}")
    {
        Skill = skill;
        Tool = tool;
        Denial = denial;
    }

    internal CapabilityDeniedException(CapabilityDeniedException denied, SkillCallReceipt receipt)
        : base(denied.Code, denied.Message, denied)
    {
        Skill = denied.Skill;
        Tool = denied.Tool;
        Denial = denied.Denial;
        Receipt = receipt;
    }

    /// <summary>What the call used until then, and what else was denied in it.</summary>
    public SkillCallReceipt? Receipt { get; }

    /// <summary>Who asked.</summary>
    public string Skill { get; }

    /// <summary>The tool that was called.</summary>
    public string Tool { get; }

    /// <summary>All of it in one, as it stands on record.</summary>
    public CapabilityDenial Denial { get; }

    /// <summary>What was asked for.</summary>
    public Capability Capability => Denial.Capability;

    /// <summary>On what, in canonical form.</summary>
    public string Resource => Denial.Resource;

    /// <summary>The rule that refused.</summary>
    public string Rule => Denial.Rule;

    /// <summary>The smallest grant that would allow it, in words of the manifest.</summary>
    public string SmallestGrant => Denial.SmallestGrant;
}
