using System.Collections.Immutable;

namespace PluginHost.Library;

/// <summary>One version of a skill in the index of installed skills, in Palyra's fields.</summary>
internal sealed record InstalledSkill
{
    public required string SkillId { get; init; }

    public required string Version { get; init; }

    public required string Publisher { get; init; }

    /// <summary>Whether it is the version that is meant where none is named.</summary>
    public required bool Current { get; init; }

    public required long InstalledAtUnixMs { get; init; }

    /// <summary>Lower hex SHA-256 of the package's file.</summary>
    public required string ArtifactSha256 { get; init; }

    public required string PayloadSha256 { get; init; }

    public required string SignatureKeyId { get; init; }

    public required string TrustDecision { get; init; }

    public required InstalledSource Source { get; init; }

    /// <summary>Secrets that it asks for: none of their values is kept here.</summary>
    public required ImmutableArray<InstalledSecret> MissingSecrets { get; init; }

    public RollbackSnapshot? RollbackSnapshot { get; init; }
}
