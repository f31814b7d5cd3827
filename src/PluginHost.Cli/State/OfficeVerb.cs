using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost.Cli.State;

/// <summary>What the verbs share by which an operator decides something: the state, its anchor, a reason, and a record of who decided.</summary>
/// <param name="open">Opens where it is decided.</param>
/// <param name="namesPrincipal">Whether the command line may say who decides.</param>
internal sealed class OfficeVerb<TOffice>(Func<StateRoot, IStateAnchor?, string, ISharedState?, TOffice> open, bool namesPrincipal = false)
    where TOffice : StateOffice
{
    private readonly Option<string?> _principal = new("--principal") { Description = "Who decides; else the user of this process.", HelpName = "NAME" };
    private readonly Option<string?> _state = StateFlag.Create();
    private readonly SharedFlag _shared = new();
    private readonly Option<string?> _anchor = new("--anchor") { Description = "File of the state's anchor.", HelpName = "FILE" };
    private readonly Option<string> _reason = new("--reason") { Description = "Why; goes on record.", HelpName = "TEXT", Required = true };
    private readonly Option<bool> _json = CommandOutput.JsonOption();

    /// <summary>Completes a command that decides something.</summary>
    /// <param name="command">The command, its own options added.</param>
    /// <param name="decide">Decides, with the reason, and tells what was done.</param>
    /// <param name="replaces">Whether the store may be lost, because it is replaced.</param>
    public Command Complete(Command command, Func<ParseResult, TOffice, string, (string Text, JsonObject Json)> decide, bool replaces = false)
    {
        command.Add(_reason);
        command.Add(_state);
        _shared.AddTo(command);
        command.Add(_anchor);
        command.Add(_json);
        if (namesPrincipal)
        {
            command.Add(_principal);
        }

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
                using var office = open(
                    replaces ? StateRoot.OpenToReplaceTrust(path) : StateRoot.Open(path),
                    parse.GetValue(_anchor) is { } anchor ? StateAnchors.File(anchor) : null,
                    namesPrincipal ? parse.GetValue(_principal) ?? "user:" + Environment.UserName : Environment.UserName,
                    _shared.Open(parse));
                var (text, json) = decide(parse, office, reason);
                if (parse.GetValue(_json))
                {
                    CommandOutput.Write(parse.InvocationConfiguration.Output, json);
                }
                else
                {
                    foreach (var line in text.Split('\n'))
                    {
                        parse.InvocationConfiguration.Output.WriteLine(Printable.Text(line));
                    }
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
