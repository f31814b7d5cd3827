using System.CommandLine;
using System.Runtime.InteropServices;
using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary><c>audit tail</c>: the last records of a log, and those that come.</summary>
internal static class AuditTailCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var path = new AuditPath();
        var filter = new FilterFlags();
        var count = new Option<int>("--lines") { Description = "Records to begin with; 10 where it is not given.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var follow = new Option<bool>("--follow") { Description = "Go on with those that come, until interrupted." };
        var json = new Option<bool>(CommandOutput.Json) { Description = "Print the records as they stand, one JSON object a line." };
        var command = new Command("tail", "Show the last records of a log.") { count, follow };
        path.AddTo(command);
        filter.AddTo(command);
        command.Add(json);
        command.SetAction((parse, cancellation) => Task.Run(() => CommandOutput.Guard(parse, parse.GetValue(json), () => AuditPath.Guard(() =>
        {
            var log = path.Logs(parse).MaxBy(File.GetLastWriteTimeUtc)!;
            Show(log, filter.Filter(parse), parse.GetValue(count), parse.GetValue(follow), parse.GetValue(json), parse.InvocationConfiguration.Output, cancellation);
            return ExitCode.Done;
        }))));
        return command;
    }

    private static void Show(string log, AuditFilter filter, int count, bool follow, bool json, TextWriter output, CancellationToken cancellation)
    {
        var last = new Queue<AuditMatch>();
        AuditQuery.Run([log], filter, match =>
        {
            last.Enqueue(match);
            if (last.Count > count)
            {
                last.Dequeue();
            }

            return true;
        });
        foreach (var match in last)
        {
            output.WriteLine(json ? match.Line : RecordText.Of(match));
        }

        if (follow)
        {
            Follow(log, filter, json, output, cancellation);
        }
    }

    /// <summary>A full segment is renamed and a new file begun: the rest of the one that is open comes first.</summary>
    private static void Follow(string log, AuditFilter filter, bool json, TextWriter output, CancellationToken cancellation)
    {
        var file = AuditFiles.Open(log);
        try
        {
            file.Seek(0, SeekOrigin.End);
            var pending = new List<byte>();
            var buffer = new byte[64 * 1024];
            while (!cancellation.IsCancellationRequested)
            {
                var read = file.Read(buffer);
                if (read == 0)
                {
                    if (new FileInfo(log) is { Exists: true } now && now.Length < file.Position)
                    {
                        file.Dispose();
                        file = AuditFiles.Open(log);
                        continue;
                    }

                    cancellation.WaitHandle.WaitOne(Pause);
                    continue;
                }

                pending.AddRange(buffer.AsSpan(0, read));
                for (int end; (end = pending.IndexOf((byte)'\n')) >= 0; pending.RemoveRange(0, end + 1))
                {
                    if (AuditQuery.Read(CollectionsMarshal.AsSpan(pending)[..end], filter) is { } record)
                    {
                        output.WriteLine(json ? record.Line : RecordText.Of(record));
                        output.Flush();
                    }
                }

                if (pending.Count > AuditLine.MaxBytes)
                {
                    throw new CommandError(ExitCode.Refused, "state.audit-tampered", "a line is longer than any line of a log");
                }
            }
        }
        finally
        {
            file.Dispose();
        }
    }
}
