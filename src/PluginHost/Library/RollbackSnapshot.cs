namespace PluginHost.Library;

/// <summary>The version that was current before an update, and comes back where the update is rolled back.</summary>
internal sealed record RollbackSnapshot
{
    public required int SchemaVersion { get; init; }

    public required string PreviousVersion { get; init; }

    public required string PreviousArtifactSha256 { get; init; }

    public required string PreviousPayloadSha256 { get; init; }

    public required long CapturedAtUnixMs { get; init; }
}
