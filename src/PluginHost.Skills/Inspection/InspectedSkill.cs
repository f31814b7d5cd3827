using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Inspection;

/// <summary>A trusted package whose papers do not contradict its bytes and whose modules are valid. What it may do is the next room's question.</summary>
internal sealed class InspectedSkill
{
    private InspectedSkill(TrustedSkill trusted, SkillInspection inspection)
    {
        Trusted = trusted;
        Inspection = inspection;
        Tools = ToolCodeResolver.Resolve(trusted.Signed, inspection);
    }

    public TrustedSkill Trusted { get; }

    public SkillInspection Inspection { get; }

    public SignedSkill Signed => Trusted.Signed;

    public SkillManifest Manifest => Signed.Manifest;

    public CapabilitiesFile? Capabilities => Signed.Capabilities;

    /// <summary>The code of each tool, in the order of the manifest.</summary>
    public ImmutableArray<ToolCode> Tools { get; }

    /// <exception cref="SkillVerificationException">SBOM or provenance contradict the package, a module is not valid, or a tool has no code.</exception>
    public static InspectedSkill Inspect(TrustedSkill trusted, CancellationToken cancellation) =>
        new(trusted, SkillInspection.Of(trusted.Signed, cancellation));
}
