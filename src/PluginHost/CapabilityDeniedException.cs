using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>A guest asked for something that its effective grant does not hold. The denial is on record.</summary>
public sealed class CapabilityDeniedException : SkillException
{
    internal CapabilityDeniedException(string skill, string tool, Capability capability, string resource, string rule, string smallestGrant)
        : base("capability.denied", $"'{skill}' (tool '{tool}') was denied {capability} on {resource}: {rule}. To allow it: {smallestGrant}")
    {
        Skill = skill;
        Tool = tool;
        Capability = capability;
        Resource = resource;
        Rule = rule;
        SmallestGrant = smallestGrant;
    }

    internal CapabilityDeniedException(CapabilityDeniedException denied, SkillCallReceipt receipt)
        : base(denied.Code, denied.Message, denied)
    {
        Skill = denied.Skill;
        Tool = denied.Tool;
        Capability = denied.Capability;
        Resource = denied.Resource;
        Rule = denied.Rule;
        SmallestGrant = denied.SmallestGrant;
        Receipt = receipt;
    }

    /// <summary>What the call used until then, and what else was denied in it.</summary>
    public SkillCallReceipt? Receipt { get; }

    /// <summary>Who asked.</summary>
    public string Skill { get; }

    /// <summary>The tool that was called.</summary>
    public string Tool { get; }

    /// <summary>What was asked for.</summary>
    public Capability Capability { get; }

    /// <summary>On what, in canonical form.</summary>
    public string Resource { get; }

    /// <summary>The rule that refused.</summary>
    public string Rule { get; }

    /// <summary>The smallest grant that would allow it, in words of the manifest.</summary>
    public string SmallestGrant { get; }
}
