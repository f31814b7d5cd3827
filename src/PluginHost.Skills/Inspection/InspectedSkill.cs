using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Inspection;

/// <summary>A trusted package whose papers do not contradict its bytes and whose modules are valid. What it may do is the next room's question.</summary>
internal sealed class InspectedSkill
{
    private InspectedSkill(TrustedSkill trusted, SkillInspection inspection, InspectionSettings settings, CancellationToken cancellation)
    {
        Trusted = trusted;
        Inspection = inspection;
        Tools = ToolCodeResolver.Resolve(trusted.Signed, inspection);
        Audit = StaticAuditor.Run(trusted.Signed, inspection, Tools, settings, cancellation);
        Audit.Demand();
    }

    public TrustedSkill Trusted { get; }

    public SkillInspection Inspection { get; }

    public SignedSkill Signed => Trusted.Signed;

    public SkillManifest Manifest => Signed.Manifest;

    public CapabilitiesFile? Capabilities => Signed.Capabilities;

    /// <summary>The code of each tool, in the order of the manifest.</summary>
    public ImmutableArray<ToolCode> Tools { get; }

    /// <summary>What the static audit found.</summary>
    public StaticAudit Audit { get; }

    /// <exception cref="SkillVerificationException">SBOM or provenance contradict the package, a module is not valid, a tool has no code, or the static audit speaks against it.</exception>
    public static InspectedSkill Inspect(TrustedSkill trusted, InspectionSettings settings, CancellationToken cancellation) =>
        new(trusted, SkillInspection.Of(trusted.Signed, settings, cancellation), settings, cancellation);
}
