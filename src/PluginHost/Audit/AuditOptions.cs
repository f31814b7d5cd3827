namespace PluginHost.Audit;

/// <summary>How a host keeps its audit log.</summary>
public sealed class AuditOptions
{
    /// <summary>When records reach the disk.</summary>
    public AuditDurability Durability { get; set; }

    /// <summary>Records that may wait for the disk, from 2 to 1,000,000. Used by <see cref="AuditDurability.Group"/>.</summary>
    public int GroupRecords { get; set; } = 1_024;

    /// <summary>How long a record may wait for the disk, from 10 ms to a minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes after which a segment of the log ends and the next begins, from 64 KiB.</summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>Records after which the host signs a checkpoint, where it has a key: from 1.</summary>
    public int CheckpointRecords { get; set; } = 1_000;

    /// <summary>Bytes of finished segments that are kept, the newest first; null keeps all. What is removed is on record.</summary>
    public long? RetainBytes { get; set; }

    /// <summary>How long finished segments are kept; null keeps all. What is removed is on record.</summary>
    public TimeSpan? RetainFor { get; set; }

    /// <summary>
    /// Bytes of records that the demands of one skill may make in a minute, from 64 KiB. Beyond them its calls are refused with
    /// <c>limit.audit</c>; those of others go on. Receipts do not count: how often a skill is called is its embedder's choice.
    /// </summary>
    public long SkillBytesPerMinute { get; set; } = 64L << 20;

    /// <summary>File of the key that signs checkpoints, PKCS#8 in PEM, unencrypted. Absent means the one of the state directory, if there is one.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Takes the lines in the place of a file.</summary>
    public IAuditSink? Sink { get; set; }
}
