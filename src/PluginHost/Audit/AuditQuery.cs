using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>Finds lines in logs. It does not verify them: that is <see cref="AuditVerifier"/>'s to do.</summary>
internal static class AuditQuery
{
    private const int MaxOpen = 1_000_000;

    /// <summary>Every line that a filter wants, and the outcome of each demand among them.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="take">Takes one; false ends the search.</param>
    public static void Run(IEnumerable<string> logs, AuditFilter filter, Func<AuditMatch, bool> take)
    {
        foreach (var log in logs)
        {
            var open = new HashSet<long>();
            var goes = true;
            foreach (var part in AuditFiles.Parts(log))
            {
                using var file = AuditFiles.Open(part);
                LineReader.Read(file, line =>
                {
                    if (goes && Find(line, filter, open) is { } match)
                    {
                        goes = take(match);
                    }
                });
                if (!goes)
                {
                    return;
                }
            }
        }
    }

    /// <summary>A line by itself; null where it is not wanted, or is no record.</summary>
    public static AuditMatch? Read(ReadOnlySpan<byte> line, AuditFilter filter) => filter.Matches(line) ? Find(line, filter, []) : null;

    private static AuditMatch? Find(ReadOnlySpan<byte> line, AuditFilter filter, HashSet<long> open)
    {
        var isWanted = filter.Matches(line);
        if (!isWanted && (open.Count == 0 || line.IndexOf("\"type\":\"done\""u8) < 0))
        {
            return null;
        }

        try
        {
            var match = new AuditMatch(Encoding.UTF8.GetString(line), JsonElement.Parse(line));
            switch (match.Type)
            {
                case "demand" when match["decision"] == "allow" && open.Count < MaxOpen:
                    open.Add(match.Sequence);
                    return match;
                case "done":
                    return open.Remove(match.Fields.GetProperty("of").GetInt64()) || isWanted ? match : null;
                default:
                    return match;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // A line that is no record is the verifier's to tell.
            return null;
        }
    }
}
