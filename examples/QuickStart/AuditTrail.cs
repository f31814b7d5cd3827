using System.Text.Json;
using PluginHost.Audit;

namespace QuickStart;

/// <summary>Prints an audit log, a line for each record, and verifies its chain.</summary>
internal static class AuditTrail
{
    private static readonly string[] Shown = ["skill", "tool", "capability", "resource", "decision", "rule", "code", "outcome"];

    public static bool Print(string file, string head)
    {
        foreach (var line in File.ReadLines(file))
        {
            var record = JsonDocument.Parse(line).RootElement;
            var fields = Shown.Where(name => record.TryGetProperty(name, out _)).Select(name => record.GetProperty(name).ToString()).Where(text => text.Length > 0);
            Console.WriteLine($"  {record.GetProperty("seq"),3} {record.GetProperty("type"),-8} {string.Join(" | ", fields)}");
        }

        // The head was noted while the host ran. Without it a log that lost its last lines would look just as whole.
        using var log = File.OpenRead(file);
        var report = AuditVerifier.Verify(log, head);
        Console.WriteLine(report is { Intact: true, EndProven: true } ? $"  the chain of {report.Lines} records holds" : "  the log was tampered with");
        return report is { Intact: true, EndProven: true };
    }
}
