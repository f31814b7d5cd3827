using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.PostgreSql;
using PluginHost.State;

namespace PluginHost.Cli.State;

/// <summary><c>init</c>: makes a state directory. No other verb does.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var fleet = new SharedFlag();
        var command = new Command("init", "Make a state directory: trust store, keys, audit logs. No other verb makes one.") { state, json };
        fleet.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var (root, isNew) = StateRoot.Create(StateFlag.Locate(parse.GetValue(state)).Path);
            if (fleet.ConnectionString(parse) is { } connection)
            {
                PostgreSqlState.Initialize(connection);
            }

            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["state"] = root.Path, ["created"] = isNew });
            }
            else
            {
                output.WriteLine(isNew ? $"made {root.Path}" : $"{root.Path} is there already");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
