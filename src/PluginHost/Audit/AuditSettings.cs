using System.Security.Cryptography;

namespace PluginHost.Audit;

/// <summary>How one log is kept.</summary>
/// <param name="Durability">When records reach the disk.</param>
/// <param name="GroupRecords">Records that may wait for it.</param>
/// <param name="Interval">How long a record may wait for it.</param>
/// <param name="SegmentBytes">Bytes after which a segment ends.</param>
/// <param name="CheckpointRecords">Records between checkpoints.</param>
/// <param name="RetainBytes">Bytes of finished segments that stay.</param>
/// <param name="RetainFor">How long finished segments stay.</param>
internal sealed record AuditSettings(
    AuditDurability Durability, int GroupRecords, TimeSpan Interval, long SegmentBytes, int CheckpointRecords, long? RetainBytes, TimeSpan? RetainFor)
{
    public static AuditSettings Default { get; } = Of(new AuditOptions());

    /// <summary>Signs checkpoints; null for a log without.</summary>
    public CheckpointSigner? Signer { get; init; }

    /// <summary>Keys the digests by which records tell one value of a secret from another: without it a guess could be checked.</summary>
    public byte[] DigestKey { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whether the folder of the log holds nothing but logs of hosts, of which old ones are removed, too.</summary>
    public bool OwnsFolder { get; init; }

    /// <summary>Told of each checkpoint, under the log's lock.</summary>
    public Action<AuditPosition>? Checkpointed { get; init; }

    public static AuditSettings Of(AuditOptions options) => new(
        options.Durability, options.GroupRecords, options.Interval, options.SegmentBytes, options.CheckpointRecords, options.RetainBytes, options.RetainFor);
}
