using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>What <c>skill.toml</c> says: who the skill is, which tools it has, and what it asks for.</summary>
internal sealed record SkillManifest
{
    public required int ManifestVersion { get; init; }

    public required string SkillId { get; init; }

    public required string Name { get; init; }

    public required SkillVersion Version { get; init; }

    public required string Publisher { get; init; }

    public required ImmutableArray<ManifestTool> Tools { get; init; }

    public required ManifestCapabilities Capabilities { get; init; }

    public required ManifestCompatibility Compatibility { get; init; }

    /// <summary>Digests that the files must have, by path.</summary>
    public required ImmutableSortedDictionary<string, string> Integrity { get; init; }

    /// <summary>Texts for an operator, the code behind the default tool, and settings.</summary>
    public required ManifestOperator Operator { get; init; }

    /// <summary>The default tool, its module and entrypoint, where the manifest names them.</summary>
    public ManifestPlugin? Plugin => Operator.Plugin;

    /// <summary>The settings that an operator can give it; null where the manifest does not say.</summary>
    public ManifestConfig? Config => Operator.Config;

    /// <summary>Whether a builder made it whose work nobody has approved.</summary>
    public required bool NeedsReview { get; init; }

    /// <summary>What is allowed and should be otherwise.</summary>
    public required ImmutableArray<SkillDiagnostic> Warnings { get; init; }
}
