using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary><c>audit verify</c>: checks the chain of a log and says what it cannot prove.</summary>
internal static class AuditVerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "File of the log." };
        var head = new Option<string?>("--head") { Description = "Hash that the last line must have, as noted elsewhere.", HelpName = "HASH" };
        var json = CommandOutput.JsonOption();
        var command = new Command("verify", "Check that no line of a log was edited, removed, inserted or moved.") { file, head, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var report = Verify(parse.GetRequiredValue(file), parse.GetValue(head)?.ToLowerInvariant());
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, Json(report));
            }
            else
            {
                Print(report, parse.InvocationConfiguration.Output);
            }

            return report.Intact ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static AuditReport Verify(string path, string? head)
    {
        try
        {
            using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return AuditVerifier.Verify(log, head);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    private static void Print(AuditReport report, TextWriter output)
    {
        foreach (var problem in report.Problems)
        {
            output.WriteLine($"line {problem.Line}: {problem.What}");
        }

        output.WriteLine($"{report.Lines} lines, head {report.Head}");
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
            output.WriteLine("end not proven: a log that was cut at a line's end looks like this one; give --head to know");
        }

        output.WriteLine(report.Intact ? "the chain holds" : "TAMPERING FOUND");
    }

    private static JsonObject Json(AuditReport report) => new()
    {
        ["intact"] = report.Intact,
        ["lines"] = report.Lines,
        ["head"] = report.Head,
        ["endProven"] = report.EndProven,
        ["tornBytes"] = report.TornBytes,
        ["unknownOutcomes"] = new JsonArray([.. report.UnknownOutcomes.Select(seq => (JsonNode)seq)]),
        ["problems"] = new JsonArray([.. report.Problems.Select(JsonNode (problem) => new JsonObject { ["line"] = problem.Line, ["what"] = problem.What })]),
    };
}
