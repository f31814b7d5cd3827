using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Attestations;

/// <summary>Evidence of a kind that another room judges: noted here, so that nobody takes it for ignored.</summary>
internal sealed class NotedEvidence(string predicateType, string detail) : IEvidenceVerifier
{
    public string PredicateType => predicateType;

    public EvidenceOutcome Verify(Evidence evidence, SkillArtifact artifact) => new(evidence.Id, predicateType, evidence.Place, true, detail);
}
