using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text;
using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary><c>audit export</c>: records as JSON lines, or as a report that a person reads in a browser.</summary>
internal static class AuditExportCommand
{
    public static Command Create()
    {
        var path = new AuditPath();
        var filter = new FilterFlags();
        var output = new Option<string>("--output") { Description = "File to write, which must not exist.", HelpName = "FILE", Required = true };
        var format = new Option<string>("--format") { Description = "html or jsonl; without it what the name of the file says.", HelpName = "FORMAT" };
        var json = CommandOutput.JsonOption();
        var command = new Command("export", "Write records to a file: a report of one page, or JSON lines.") { output, format };
        path.AddTo(command);
        filter.AddTo(command);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () => AuditPath.Guard(() =>
        {
            var file = parse.GetRequiredValue(output);
            var isPage = (parse.GetValue(format) ?? Path.GetExtension(file).TrimStart('.').ToLowerInvariant()) switch
            {
                "html" => true,
                "jsonl" => false,
                var other => throw new CommandError(ExitCode.Usage, "usage.format", $"'{other}' is neither html nor jsonl"),
            };
            var records = Write(path.Logs(parse), filter.Filter(parse), file, isPage);
            var told = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(told, new JsonObject { ["records"] = records, ["file"] = file });
            }
            else
            {
                told.WriteLine($"wrote {records} records to {file}");
            }

            return ExitCode.Done;
        })));
        return command;
    }

    private static long Write(IReadOnlyList<string> logs, AuditFilter filter, string file, bool isPage)
    {
        if (File.Exists(file))
        {
            throw new IOException($"the file '{file}' exists");
        }

        var staged = $"{file}.{Guid.NewGuid():n}.tmp";
        try
        {
            var records = Staged(logs, filter, staged, isPage);
            File.Move(staged, file);
            return records;
        }
        finally
        {
            File.Delete(staged);
        }
    }

    private static long Staged(IReadOnlyList<string> logs, AuditFilter filter, string file, bool isPage)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
        if (isPage)
        {
            var report = new AuditSummary();
            AuditQuery.Run(logs, filter, report.Add);
            AuditPage.Write(report, [.. logs.Select(log => (Path.GetFileName(log), AuditVerifier.Verify(log, new AuditExpectation())))], writer);
            return report.Records;
        }

        long records = 0;
        AuditQuery.Run(logs, filter, match =>
        {
            writer.WriteLine(match.Line);
            records++;
            return true;
        });
        return records;
    }
}
