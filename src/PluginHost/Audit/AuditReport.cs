namespace PluginHost.Audit;

/// <summary>What a verification of a log found.</summary>
/// <param name="Lines">Whole lines read.</param>
/// <param name="LastSequence">Sequence number of the last good line, 0 for none.</param>
/// <param name="Head">Hash of the last good line.</param>
/// <param name="EndProven">Whether the caller knew the head: a log that was cut is itself a valid log.</param>
/// <param name="TornBytes">Bytes of an unfinished last line, left by a process that was killed.</param>
/// <param name="UnknownOutcomes">Sequence numbers of demands that were allowed and have no outcome: the process ended before it.</param>
/// <param name="Problems">Where the chain does not hold, at most the first hundred.</param>
public sealed record AuditReport(
    long Lines, long LastSequence, string Head, bool EndProven, long TornBytes, IReadOnlyList<long> UnknownOutcomes, IReadOnlyList<AuditProblem> Problems)
{
    /// <summary>Whether no line was edited, removed, inserted or moved. A cut end is told by <see cref="EndProven"/> alone.</summary>
    public bool Intact => Problems.Count == 0;
}
