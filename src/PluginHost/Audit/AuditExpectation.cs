namespace PluginHost.Audit;

/// <summary>What a verifier of a log knows from elsewhere.</summary>
internal sealed record AuditExpectation
{
    /// <summary>Line and hash that the first segment continues; null where the segments are all there is.</summary>
    public (long Sequence, string Head)? From { get; init; }

    /// <summary>Hash of the last line.</summary>
    public string? Head { get; init; }

    /// <summary>Public key that signs checkpoints.</summary>
    public byte[]? Key { get; init; }

    /// <summary>A line that the log must have, for instance from a checkpoint that was kept elsewhere.</summary>
    public AuditPosition? Holds { get; init; }
}
