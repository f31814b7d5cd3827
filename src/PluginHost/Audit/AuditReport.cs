namespace PluginHost.Audit;

/// <summary>What a verification of a log found.</summary>
/// <param name="Lines">Whole lines read.</param>
/// <param name="LastSequence">Sequence number of the last good line, 0 for none.</param>
/// <param name="Head">Hash of the last good line.</param>
/// <param name="EndProven">Whether the caller knew the head: a log that was cut is itself a valid log.</param>
/// <param name="TornBytes">Bytes of an unfinished last line, left by a process that was killed.</param>
/// <param name="UnknownOutcomes">Sequence numbers of demands that were allowed and have no outcome: the process ended before it. At most the first thousand.</param>
/// <param name="Problems">Where the chain does not hold, at most the first hundred.</param>
public sealed record AuditReport(
    long Lines, long LastSequence, string Head, bool EndProven, long TornBytes, IReadOnlyList<long> UnknownOutcomes, IReadOnlyList<AuditProblem> Problems)
{
    /// <summary>Whether no line was edited, removed, inserted or moved. A cut end is told by <see cref="EndProven"/> alone.</summary>
    public bool Intact => Problems.Count == 0;

    /// <summary>Sequence number of the first line: more than 1 where older segments were removed, which is on record.</summary>
    public long FirstSequence { get; init; }

    /// <summary>Signed checkpoints in it.</summary>
    public int Checkpoints { get; init; }

    /// <summary>Whether they were checked with a key that the caller knew. Otherwise whoever rewrote the log may have signed them.</summary>
    public bool CheckpointsProven { get; init; }

    /// <summary>What it says of other logs.</summary>
    internal IReadOnlyList<AuditPosition> Others { get; init; } = [];

    /// <summary>Files that it says were removed by retention.</summary>
    internal IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Its own checkpoints, by how many lines they cover.</summary>
    internal IReadOnlyDictionary<long, string> Signed { get; init; } = new Dictionary<long, string>();
}
