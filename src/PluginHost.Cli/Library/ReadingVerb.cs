using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.State;

namespace PluginHost.Cli.Library;

/// <summary>What the verbs share that only look at installed skills: they write nothing, not even a record.</summary>
internal sealed class ReadingVerb
{
    private readonly Option<bool> _json = CommandOutput.JsonOption();
    private readonly Option<string?> _state = StateFlag.Create();
    private readonly SharedFlag _shared = new();

    /// <summary>Whether the output is JSON.</summary>
    public bool IsJson(ParseResult parse) => parse.GetValue(_json);

    /// <summary>The state directory.</summary>
    /// <exception cref="CommandError">There is none.</exception>
    public StateRoot Root(ParseResult parse) => Root(parse.GetValue(_state));

    /// <param name="command">The command, its own options added.</param>
    /// <param name="work">Looks, and tells what there is, line by line and as JSON.</param>
    /// <param name="trust">Options about trust; null where the verb needs none.</param>
    /// <param name="exitCode">What to exit with, by what was told; done without it.</param>
    public Command Complete(Command command, Func<ParseResult, InstalledSkills, StateRoot, (VerbText Text, JsonObject Json)> work, TrustFlags? trust = null, Func<JsonObject, int>? exitCode = null)
    {
        trust?.AddTo(command);
        var flag = trust?.Shared ?? _shared;
        if (trust is null)
        {
            flag.AddTo(command);
        }

        command.Add(_state);
        command.Add(_json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(_json), () =>
        {
            var root = Root(parse);
            using var shared = flag.Open(parse);
            var trusted = new TrustFiles(null, root, null, [], shared?.Trust);
            using var reading = new SkillsReading(root, () => new OperatorKeys(trusted.Read().Ledger.Operators ?? OperatorKeys.None, []), shared);
            var (text, json) = work(parse, reading.Skills, root);
            var code = exitCode?.Invoke(json) ?? ExitCode.Done;
            if (parse.GetValue(_json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, json);
            }
            else
            {
                text.Write(parse.InvocationConfiguration.Output);
            }

            return code;
        }));
        return command;
    }

    /// <summary>The state directory that is named, or the platform's.</summary>
    /// <exception cref="CommandError">There is none.</exception>
    public static StateRoot Root(string? flag)
    {
        var (path, isNamed) = StateFlag.Locate(flag);
        return StateFlag.Open(flag) ?? throw new CommandError(ExitCode.Refused, "state.missing", $"there is no state directory '{path}'{(isNamed ? "" : "; 'pluginhost init' makes one")}");
    }
}
