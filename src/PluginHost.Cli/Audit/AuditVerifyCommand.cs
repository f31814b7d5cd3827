using PluginHost.Cli.Presentation;
using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Audit;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Audit;

/// <summary><c>audit verify</c>: checks the chains of logs and says what it cannot prove.</summary>
internal static class AuditVerifyCommand
{
    private const int MaxNoteBytes = 64 * 1024;

    public static Command Create()
    {
        var path = new AuditPath();
        var head = new Option<string?>("--head") { Description = "Hash that the last line must have, as noted elsewhere.", HelpName = "HASH" };
        var key = new Option<string?>("--key") { Description = "Public key of the host that signs checkpoints: 64 hexadecimal digits.", HelpName = "HEX" };
        var note = new Option<string?>("--checkpoint") { Description = "File of a checkpoint that was kept elsewhere: the log must still hold its line.", HelpName = "FILE" };
        var json = CommandOutput.JsonOption();
        var command = new Command("verify", "Check that no line of a log was edited, removed, inserted or moved.");
        path.AddTo(command);
        command.Add(head);
        command.Add(key);
        command.Add(note);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () => AuditPath.Guard(() =>
        {
            var logs = path.Logs(parse);
            var expected = new AuditExpectation { Head = parse.GetValue(head)?.ToLowerInvariant(), Key = Key(parse.GetValue(key)) };
            expected = expected with { Holds = Note(parse.GetValue(note), expected.Key) };
            if (logs.Count > 1 && (expected.Head is not null || expected.Holds is not null))
            {
                throw new CommandError(ExitCode.Usage, "usage.log", "a head or a checkpoint is of one log: name its file");
            }

            if (expected.Holds is { } kept && kept.Log != Path.GetFileName(logs[0]))
            {
                throw new CommandError(ExitCode.Refused, "state.audit-checkpoint", $"the checkpoint is of the log '{kept.Log}'");
            }

            var reports = Busy.While(parse, parse.GetValue(json), "verifying", tell => logs.Select(log =>
            {
                tell($"verifying {Path.GetFileName(log)}");
                return (Name: Path.GetFileName(log), Report: AuditVerifier.Verify(log, expected));
            }).ToList());
            var missing = path.IsDirectory(parse) ? AuditNeighbours.Missing(reports) : [];
            Write(reports, missing, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return missing.Count == 0 && reports.TrueForAll(item => item.Report.Intact) ? ExitCode.Done : ExitCode.Refused;
        })));
        return command;
    }

    private static byte[]? Key(string? hex) => hex is null ? null
        : hex.Length == 2 * Ed25519.PublicKeyBytes && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex)
        : throw new CommandError(ExitCode.Usage, "usage.key", "--key is not 64 hexadecimal digits");

    private static AuditPosition? Note(string? file, byte[]? key)
    {
        if (file is null)
        {
            return null;
        }

        var text = new FileInfo(file).Length <= MaxNoteBytes ? File.ReadAllText(file) : "";
        var position = CheckpointSigner.Read(text) ?? throw new CommandError(ExitCode.Usage, "usage.checkpoint", $"'{file}' is no checkpoint of an audit log");
        return key is null || CheckpointSigner.IsSigned(text, key)
            ? position
            : throw new CommandError(ExitCode.Refused, "state.audit-checkpoint", $"'{file}' is not signed with the key");
    }

    private static void Write(List<(string Name, AuditReport Report)> reports, IReadOnlyList<string> missing, bool json, TextWriter output)
    {
        if (json)
        {
            CommandOutput.Write(output, reports.Count == 1 ? Json(reports[0].Report, missing) : new JsonObject
            {
                ["intact"] = missing.Count == 0 && reports.TrueForAll(item => item.Report.Intact),
                ["missing"] = new JsonArray([.. missing.Select(JsonNode (text) => text)]),
                ["logs"] = new JsonArray([.. reports.Select(JsonNode (item) => new JsonObject { ["log"] = item.Name, ["report"] = Json(item.Report, []) })]),
            });
            return;
        }

        foreach (var (name, report) in reports)
        {
            if (reports.Count > 1)
            {
                output.WriteLine($"{name}:");
            }

            Print(report, output);
        }

        foreach (var text in missing)
        {
            output.WriteLine(text);
        }

        output.WriteLine(missing.Count == 0 && reports.TrueForAll(item => item.Report.Intact) ? "the chain holds" : "TAMPERING FOUND");
    }

    private static void Print(AuditReport report, TextWriter output)
    {
        foreach (var problem in report.Problems)
        {
            output.WriteLine($"line {problem.Line}: {problem.What}");
        }

        output.WriteLine($"{report.Lines} lines, head {report.Head}");
        if (report.FirstSequence > 1)
        {
            output.WriteLine($"begins at {report.FirstSequence}: older segments were removed, on record");
        }

        if (report.Checkpoints > 0)
        {
            output.WriteLine($"{report.Checkpoints} checkpoints{(report.CheckpointsProven ? ", signed with the host's key" : "; whose key signed them is not proven: give --key")}");
        }

        if (report.TornBytes > 0)
        {
            output.WriteLine($"torn tail: {report.TornBytes} bytes of a line that was never finished");
        }

        foreach (var demand in report.UnknownOutcomes)
        {
            output.WriteLine($"outcome unknown: demand {demand} has no outcome on record");
        }

        if (!report.EndProven)
        {
            output.WriteLine("end not proven: a log that was cut at a line's end looks like this one; give --head or --checkpoint to know");
        }
    }

    private static JsonObject Json(AuditReport report, IReadOnlyList<string> missing) => new()
    {
        ["intact"] = report.Intact && missing.Count == 0,
        ["lines"] = report.Lines,
        ["firstSequence"] = report.FirstSequence,
        ["head"] = report.Head,
        ["endProven"] = report.EndProven,
        ["checkpoints"] = report.Checkpoints,
        ["checkpointsProven"] = report.CheckpointsProven,
        ["tornBytes"] = report.TornBytes,
        ["unknownOutcomes"] = new JsonArray([.. report.UnknownOutcomes.Select(seq => (JsonNode)seq)]),
        ["problems"] = new JsonArray([.. report.Problems.Select(JsonNode (problem) => new JsonObject { ["line"] = problem.Line, ["what"] = problem.What })]),
    };
}
