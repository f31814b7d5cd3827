using System.CommandLine;
using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary><c>audit query</c>: who touched what, and who allowed it.</summary>
internal static class AuditQueryCommand
{
    public static Command Create()
    {
        var path = new AuditPath();
        var filter = new FilterFlags();
        var limit = new Option<int>("--limit") { Description = "Records at most.", HelpName = "N", DefaultValueFactory = _ => int.MaxValue };
        var json = new Option<bool>(CommandOutput.Json) { Description = "Print the records as they stand, one JSON object a line." };
        var command = new Command("query", "Find records: by skill, capability, resource, time and more.");
        path.AddTo(command);
        filter.AddTo(command);
        command.Add(limit);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () => AuditPath.Guard(() =>
        {
            Print(path.Logs(parse), filter.Filter(parse), parse.GetValue(limit), parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        })));
        return command;
    }

    private static void Print(IReadOnlyList<string> logs, AuditFilter filter, int limit, bool json, TextWriter output)
    {
        var found = 0;
        AuditQuery.Run(logs, filter, match =>
        {
            output.WriteLine(json ? match.Line : RecordText.Of(match));
            return ++found < limit;
        });
        if (!json)
        {
            output.WriteLine($"{found} {(found == 1 ? "record" : "records")}; whether they are whole, 'audit verify' tells");
        }
    }
}
