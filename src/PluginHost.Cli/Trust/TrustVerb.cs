using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.State;

namespace PluginHost.Cli.Trust;

/// <summary>What the verbs that change trust share: the state, its anchor, a reason, and a record of who decided.</summary>
internal sealed class TrustVerb
{
    private readonly Option<string?> _state = StateFlag.Create();
    private readonly Option<string?> _anchor = new("--anchor") { Description = "File of the state's anchor.", HelpName = "FILE" };
    private readonly Option<string> _reason = new("--reason") { Description = "Why; goes on record.", HelpName = "TEXT", Required = true };
    private readonly Option<bool> _json = CommandOutput.JsonOption();

    /// <summary>Completes a command that decides something.</summary>
    /// <param name="command">The command, its own options added.</param>
    /// <param name="decide">Decides, with the reason, and tells what was done.</param>
    /// <param name="replaces">Whether the store may be lost, because it is replaced.</param>
    public Command Complete(Command command, Func<ParseResult, TrustOffice, string, (string Text, JsonObject Json)> decide, bool replaces = false)
    {
        command.Add(_reason);
        command.Add(_state);
        command.Add(_anchor);
        command.Add(_json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(_json), () =>
        {
            var reason = parse.GetRequiredValue(_reason);
            if (string.IsNullOrWhiteSpace(reason))
            {
                throw new CommandError(ExitCode.Usage, "usage.reason", "--reason is empty");
            }

            try
            {
                var path = StateFlag.Locate(parse.GetValue(_state)).Path;
                using var office = TrustOffice.Open(replaces ? StateRoot.OpenToReplaceTrust(path) : StateRoot.Open(path), parse.GetValue(_anchor) is { } anchor ? StateAnchors.File(anchor) : null, Environment.UserName);
                var (text, json) = decide(parse, office, reason);
                if (parse.GetValue(_json))
                {
                    CommandOutput.Write(parse.InvocationConfiguration.Output, json);
                }
                else
                {
                    parse.InvocationConfiguration.Output.WriteLine(text);
                }

                return ExitCode.Done;
            }
            catch (FormatException e)
            {
                throw new CommandError(ExitCode.Refused, "trust.form", e.Message);
            }
        }));
        return command;
    }
}
