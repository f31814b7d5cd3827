using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Inspection;

/// <summary>A trusted package whose papers do not contradict its bytes and whose modules are valid. What it may do is the next room's question.</summary>
internal sealed class InspectedSkill
{
    private InspectedSkill(TrustedSkill trusted, SkillInspection inspection, InspectionSettings settings, CancellationToken cancellation)
    {
        Trusted = trusted;
        var chain = SkillJudgement.ChainOf(trusted, settings, cancellation);
        Inspection = inspection with { Provenance = inspection.Provenance with { Evidence = [.. SkillJudgement.Merge(chain, inspection.Provenance.Evidence)] } };
        Tools = ToolCodeResolver.Resolve(trusted.Signed, Inspection);
        Audit = StaticAuditor.Run(trusted.Signed, Inspection, Tools, settings, cancellation);
        Judgement = SkillJudgement.Of(trusted, inspection, chain, Audit.Scan?.Summary, settings.IsDelegated?.Invoke(trusted.Signed.Manifest.Publisher, Convert.ToHexStringLower(trusted.Signed.Signature.PublicKey)) == true);
        Audit.Demand();
        if (Judgement.Chain.Fabricated is not null)
        {
            settings.KeepProof?.Invoke(trusted.Signed.Artifact.Payload, trusted.Decision is TrustDecision.Allowlisted or TrustDecision.Pinned, Judgement.Chain.Proof);
        }

        Judgement.Demand(settings);
        if (settings.KeepProof is not null)
        {
            foreach (var note in chain.Seen)
            {
                settings.Chain.Memory?.Remember(note);
            }
        }
    }

    public TrustedSkill Trusted { get; }

    public SkillInspection Inspection { get; }

    public SignedSkill Signed => Trusted.Signed;

    public SkillManifest Manifest => Signed.Manifest;

    public CapabilitiesFile? Capabilities => Signed.Capabilities;

    /// <summary>The code of each tool, in the order of the manifest.</summary>
    public ImmutableArray<ToolCode> Tools { get; }

    /// <summary>Who stands behind it, and what that comes to.</summary>
    public SkillJudgement Judgement { get; }

    /// <summary>What the static audit found.</summary>
    public StaticAudit Audit { get; }

    /// <exception cref="SkillVerificationException">SBOM or provenance contradict the package, a module is not valid, a tool has no code, or the static audit speaks against it.</exception>
    public static InspectedSkill Inspect(TrustedSkill trusted, InspectionSettings settings, CancellationToken cancellation) =>
        new(trusted, SkillInspection.Of(trusted.Signed, settings, cancellation), settings, cancellation);
}
