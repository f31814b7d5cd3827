using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Attestations;

/// <summary>Verifies evidence of one kind.</summary>
internal interface IEvidenceVerifier
{
    /// <summary>The predicate type that it understands.</summary>
    public string PredicateType { get; }

    /// <summary>Says whether a piece of evidence counts for a package, and remembers what it says.</summary>
    /// <exception cref="SkillVerificationException">It proves that the package is not what it says to be.</exception>
    public EvidenceOutcome Verify(Evidence evidence, SkillArtifact artifact);
}
