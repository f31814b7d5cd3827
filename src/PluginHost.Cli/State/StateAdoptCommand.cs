using System.CommandLine;
using System.Text.Json.Nodes;

namespace PluginHost.Cli.State;

/// <summary><c>state adopt</c>: an operator's word that a state directory counts which its anchor refuses.</summary>
internal static class StateAdoptCommand
{
    public static Command Create()
    {
        var anchor = new Option<string>("--anchor") { Description = "File of the anchor.", HelpName = "FILE", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; goes on record.", HelpName = "TEXT", Required = true };
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("adopt", "Accept a state directory that its anchor refuses, on record.") { anchor, reason, state, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var path = StateFlag.Locate(parse.GetValue(state)).Path;
            if (string.IsNullOrWhiteSpace(parse.GetRequiredValue(reason)))
            {
                throw new CommandError(ExitCode.Usage, "usage.reason", "--reason is empty");
            }

            SkillHost.AdoptState(path, StateAnchors.File(parse.GetRequiredValue(anchor)), Environment.UserName, parse.GetRequiredValue(reason));
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["adopted"] = path });
            }
            else
            {
                output.WriteLine($"{path} counts as it is; that is on record");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
