using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Policy;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.State;

namespace PluginHost.Cli.Doctor;

/// <summary><c>doctor</c>: says whether a host would work here, and what to do where it would not.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var policy = new Option<string?>("--policy") { Description = "Policy file that is to be used.", HelpName = "FILE" };
        var (state, fleet, json) = (StateFlag.Create(), new SharedFlag(), CommandOutput.JsonOption());
        var command = new Command("doctor", "Say whether a host would work here, and what to do where it would not.") { policy, state, json };
        fleet.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            using var shared = fleet.Open(parse);
            var findings = new Examination(StateFlag.Locate(parse.GetValue(state)), parse.GetValue(policy) ?? PolicyFlag.Standing(), shared).Look();
            var isWell = findings.All(finding => finding.Status != FindingStatus.Fail);
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject
                {
                    ["status"] = isWell ? "ready" : "blocked",
                    ["checks"] = new JsonArray([.. findings.Select(JsonNode (finding) => new JsonObject
                    {
                        ["check_id"] = finding.Check,
                        ["status"] = Word(finding.Status),
                        ["message"] = finding.Detail,
                        ["next"] = finding.Next,
                    })]),
                });
            }
            else
            {
                var table = new TextTable("", "CHECK", "FOUND");
                foreach (var finding in findings)
                {
                    table.Add(new Cell(Word(finding.Status), finding.Status switch { FindingStatus.Ok => CellMark.Good, FindingStatus.Warn => CellMark.Warn, _ => CellMark.Bad }), finding.Check, finding.Detail);
                    if (finding.Next is not null)
                    {
                        table.Add("", "", "next: " + finding.Next);
                    }
                }

                table.Write(parse.InvocationConfiguration.Output);
            }

            return isWell ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static string Word(FindingStatus status) => status switch { FindingStatus.Ok => "ok", FindingStatus.Warn => "warn", _ => "fail" };
}
