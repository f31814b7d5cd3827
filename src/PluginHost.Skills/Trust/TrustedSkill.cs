using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Trust;

/// <summary>A signed package whose key is its publisher's, as far as this host knows.</summary>
internal sealed class TrustedSkill
{
    private TrustedSkill(SignedSkill signed, TrustEvidence evidence, TrustView view, DateTimeOffset now)
    {
        View = view;
        Now = now;
        Signed = signed;
        Evidence = evidence;
    }

    public SignedSkill Signed { get; }

    /// <summary>What was known when it was decided.</summary>
    public TrustView View { get; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>What the decision stands on. What it pins is kept only when the whole load was accepted.</summary>
    public TrustEvidence Evidence { get; }

    public TrustDecision Decision => Evidence.Decision;

    /// <exception cref="SkillVerificationException">The publisher is unknown, the key is not the publisher's, or the package goes back behind another.</exception>
    public static TrustedSkill Decide(SignedSkill signed, TrustView view, TrustRules rules) => new(signed, view.Decide(signed, rules), view, rules.Now);

    /// <summary>A package that is not trusted, to tell a person about it: nothing loads one.</summary>
    public static TrustedSkill Refused(SignedSkill signed, TrustView view, DateTimeOffset now) => new(signed, new TrustEvidence(TrustDecision.Refused, 0, null, [], null), view, now);
}
