using System.Collections.Immutable;
using System.Text.Json;

namespace PluginHost.Library;

/// <summary>What lies beside the files of an installed version: for people and for Palyra; nothing here reads it.</summary>
internal sealed record InstallMetadata
{
    public required int SchemaVersion { get; init; }

    public required long InstalledAtUnixMs { get; init; }

    public required InstalledSource Source { get; init; }

    public required string ArtifactSha256 { get; init; }

    public required string PayloadSha256 { get; init; }

    public required string Publisher { get; init; }

    public required string SignatureKeyId { get; init; }

    public required string TrustDecision { get; init; }

    public required ImmutableArray<InstalledSecret> MissingSecrets { get; init; }

    public static byte[] Of(InstalledSkill skill) => JsonSerializer.SerializeToUtf8Bytes(
        new InstallMetadata
        {
            SchemaVersion = 1,
            InstalledAtUnixMs = skill.InstalledAtUnixMs,
            Source = skill.Source,
            ArtifactSha256 = skill.ArtifactSha256,
            PayloadSha256 = skill.PayloadSha256,
            Publisher = skill.Publisher,
            SignatureKeyId = skill.SignatureKeyId,
            TrustDecision = skill.TrustDecision,
            MissingSecrets = skill.MissingSecrets,
        },
        InstalledJson.Default.InstallMetadata);
}
