using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Trust;

/// <summary>A signed package whose key is its publisher's, as far as this host knows.</summary>
internal sealed class TrustedSkill
{
    private TrustedSkill(SignedSkill signed, TrustDecision decision)
    {
        Signed = signed;
        Decision = decision;
    }

    public SignedSkill Signed { get; }

    /// <summary>Why the key is trusted. A first use is pinned only when the whole load was accepted.</summary>
    public TrustDecision Decision { get; }

    /// <exception cref="SkillVerificationException">The publisher is unknown, or the key is not the publisher's.</exception>
    public static TrustedSkill Decide(SignedSkill signed, TrustStore store, bool allowFirstUse) =>
        new(signed, store.Decide(signed.Signature, allowFirstUse));
}
