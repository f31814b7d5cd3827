using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;

namespace PluginHost.Cli.Library;

/// <summary>What the verbs share that work with installed skills: a host on a state directory, and what its errors mean.</summary>
internal sealed class LibraryVerb
{
    private readonly Option<string?> _state = StateFlag.Create();
    private readonly Option<string?> _feed = new("--osv") { Description = "Known vulnerabilities: a directory of OSV documents, or a ZIP of them.", HelpName = "PATH" };
    private readonly Option<bool> _json = CommandOutput.JsonOption();
    private readonly RunFlags _flags = new();

    public TrustFlags Trust { get; } = new();

    /// <summary>The skills' folder, as reports name it.</summary>
    public static string Root(SkillHostOptions options) => Path.Combine(Path.GetFullPath(options.StateDirectory!), "skills");

    public SkillLoadOptions LoadOptions(ParseResult parse) => _flags.LoadOptions(parse);

    /// <summary>Completes a command.</summary>
    /// <param name="command">The command, its own options added.</param>
    /// <param name="doing">What somebody is told who waits for it.</param>
    /// <param name="work">Does it, and tells what was done, in words and as JSON.</param>
    public Command Complete(Command command, string doing, Func<ParseResult, SkillHost, SkillHostOptions, (VerbText Text, JsonObject Json)> work) =>
        Complete(command, doing, (parse, host, options) => work(parse, host, options) is var (text, json) ? (text, json, ExitCode.Done) : default);

    /// <inheritdoc cref="Complete(Command, string, Func{ParseResult, SkillHost, SkillHostOptions, ValueTuple{VerbText, JsonObject}})"/>
    public Command Complete(Command command, string doing, Func<ParseResult, SkillHost, SkillHostOptions, (VerbText Text, JsonObject Json, int Exit)> work)
    {
        Trust.AddTo(command);
        _flags.AddHostTo(command);
        command.Add(_feed);
        command.Add(_state);
        command.Add(_json);
        command.SetAction((parse, _) => Task.Run(() => CommandOutput.Guard(parse, parse.GetValue(_json), () => Run(parse, doing, work).GetAwaiter().GetResult())));
        return command;
    }

    private async Task<int> Run(ParseResult parse, string doing, Func<ParseResult, SkillHost, SkillHostOptions, (VerbText Text, JsonObject Json, int Exit)> work)
    {
        var root = ReadingVerb.Root(parse.GetValue(_state));
        var options = _flags.HostOptions(parse, Trust, root);
        options.Actor = "user:" + Environment.UserName;
        options.Inspection.VulnerabilityFeed = parse.GetValue(_feed) ?? options.Inspection.VulnerabilityFeed;
        try
        {
            var host = SkillHost.Create(options);
            await using (host.ConfigureAwait(false))
            {
                var (text, json, exit) = Busy.While(parse, parse.GetValue(_json), doing, _ => work(parse, host, options));
                if (parse.GetValue(_json))
                {
                    CommandOutput.Write(parse.InvocationConfiguration.Output, json);
                }
                else
                {
                    text.Write(parse.InvocationConfiguration.Output);
                }

                return exit;
            }
        }
        catch (OptionsValidationException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.options", e.Message);
        }
    }
}
