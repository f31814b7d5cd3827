namespace PluginHost.Audit;

/// <summary>Where lines go.</summary>
internal interface IAuditStore : IDisposable
{
    /// <summary>Name of the log in checkpoints; empty where it has none.</summary>
    string Name { get; }

    /// <summary>Bytes of the segment that is written.</summary>
    long SegmentBytes { get; }

    /// <summary>Appends whole lines, or none of them: what failed leaves no part behind.</summary>
    void Append(ReadOnlySpan<byte> lines);

    /// <summary>Makes what was appended durable. May be called beside <see cref="Append"/>.</summary>
    void Flush();

    /// <summary>Ends the segment; the next line begins another. False where there are no segments.</summary>
    bool EndSegment();

    /// <summary>What could be removed, the oldest first: finished segments, and where the directory is the host's own the logs of processes that have ended.</summary>
    IReadOnlyList<AuditSegment> Finished();

    void Remove(AuditSegment segment);

    /// <summary>What a log that is about to be removed says it has removed itself: nobody else would know.</summary>
    IReadOnlyList<string> RemovedBy(AuditSegment segment);

    /// <summary>Keeps the last checkpoint where other processes find it.</summary>
    void Publish(string note);

    /// <summary>The last checkpoints of other logs beside this one.</summary>
    IReadOnlyList<AuditPosition> Neighbours();
}
