namespace PluginHost.Audit;

/// <summary>Each process has its own chain; what the chains say of each other joins them.</summary>
internal static class AuditNeighbours
{
    private const int Most = 100;

    /// <summary>What some log has seen of another that is not there any more.</summary>
    /// <param name="logs">All logs of a directory.</param>
    public static IReadOnlyList<string> Missing(IReadOnlyList<(string Name, AuditReport Report)> logs)
    {
        var removed = logs.SelectMany(log => log.Report.Removed).ToHashSet(StringComparer.Ordinal);
        var known = logs.ToDictionary(log => log.Name, log => log.Report, StringComparer.Ordinal);
        return [.. logs
            .SelectMany(log => log.Report.Others.Select(other => (log.Name, Other: other)))
            .Where(claim => !removed.Contains(claim.Other.Log))
            .Select(claim => !known.TryGetValue(claim.Other.Log, out var report) ? $"{claim.Name} has seen {claim.Other.Log}, which is missing"
                : claim.Other.Sequence < report.FirstSequence || report.Signed.GetValueOrDefault(claim.Other.Sequence) == claim.Other.Head ? null
                : $"{claim.Name} has seen line {claim.Other.Sequence} of {claim.Other.Log} with another hash, or it was cut off")
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(Most)];
    }
}
