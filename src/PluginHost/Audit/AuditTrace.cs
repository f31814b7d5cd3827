using System.Globalization;
using System.Text;

namespace PluginHost.Audit;

/// <summary>Looks whether a log still has a line that was seen in it.</summary>
internal static class AuditTrace
{
    /// <summary>Whether it has, or says that retention removed it.</summary>
    public static bool Holds(string log, AuditPosition position)
    {
        var start = Encoding.ASCII.GetBytes($"{{\"v\":1,\"seq\":{position.Sequence.ToString(CultureInfo.InvariantCulture)},");
        var end = Encoding.ASCII.GetBytes($",\"hash\":\"{position.Head}\"}}");
        var holds = false;
        foreach (var part in AuditFiles.Parts(log).Where(File.Exists))
        {
            using var file = AuditFiles.Open(part);
            LineReader.Read(file, line => holds |= line.StartsWith(start) && line.EndsWith(end));
        }

        return holds || WasRemoved(log, position);
    }

    private static bool WasRemoved(string log, AuditPosition position)
    {
        var folder = Path.GetDirectoryName(log)!;
        var removed = false;
        var others = Directory.Exists(folder) ? AuditFiles.Logs(folder, mayBeNone: true) : [];
        AuditQuery.Run(others, new AuditFilter().Field("type", "lifecycle").Field("event", "retention"), match =>
        {
            removed |= match["segment"].StartsWith(position.Log, StringComparison.Ordinal) && match.Fields.TryGetProperty("last", out var last) && last.TryGetInt64(out var sequence) && sequence >= position.Sequence;
            return !removed;
        });
        return removed;
    }
}
