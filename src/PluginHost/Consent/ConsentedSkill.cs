using System.Collections.Immutable;
using PluginHost.Skills.Inspection;

namespace PluginHost.Consent;

/// <summary>A skill whose requests somebody consented to: only from here can code be compiled and run.</summary>
internal sealed class ConsentedSkill
{
    private ConsentedSkill(InspectedSkill inspected, ImmutableArray<ToolGrant> tools, ConsentRequest request)
    {
        Inspected = inspected;
        Tools = tools;
        Request = request;
    }

    public InspectedSkill Inspected { get; }

    /// <summary>What each tool may do.</summary>
    public ImmutableArray<ToolGrant> Tools { get; }

    /// <summary>What was consented to.</summary>
    public ConsentRequest Request { get; }

    /// <exception cref="SkillConsentException">It was refused.</exception>
    public static ConsentedSkill Decide(InspectedSkill inspected, ImmutableArray<ToolGrant> plan, ConsentRequest request, ConsentDecision decision) =>
        decision.IsAccepted
            ? new ConsentedSkill(inspected, plan, request)
            : throw new SkillConsentException("refused", $"what '{request.SkillId}' asks for was refused", request);
}
