using System.Runtime.InteropServices;
using PluginHost.Audit;

namespace PluginHost.Conformance.Children;

/// <summary>Writes a log to the end of the space that it may take, and goes on when there is more.</summary>
internal static partial class AuditLimitChild
{
    private const int FileSize = 1;
    private const int FileSizeExceeded = 25;
    private const nint Ignore = 1;
    private const ulong Room = 100_000;

    public static int Run(string path, TextWriter output)
    {
        // Without it the kernel ends the process instead of refusing the write.
        SetSignal(FileSizeExceeded, Ignore);
        using var log = AuditLog.Open(path, TimeProvider.System);
        var limit = new[] { Room, ulong.MaxValue };
        SetLimit(FileSize, limit);
        var refused = false;
        for (var i = 0; i < 1_000 && !refused; i++)
        {
            try
            {
                var demand = log.Append("demand", writer =>
                {
                    writer.WriteString("decision", "allow");
                    writer.WriteString("resource", new string('x', 333));
                });
                log.AppendAfter("done", writer => writer.WriteNumber("of", demand), out _);
            }
            catch (SkillStateException)
            {
                refused = true;
            }
        }

        limit[0] = ulong.MaxValue;
        SetLimit(FileSize, limit);
        log.Append("lifecycle", writer => writer.WriteString("event", "recovered"));
        output.WriteLine(refused ? "refused, then recovered" : "never refused");
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] limit);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);
}
