using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Hosting;
using PluginHost.Registry.Log;

namespace PluginHost.Cli.Log;

/// <summary><c>log init</c>: begins a log in a directory.</summary>
internal static class LogInitCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("directory") { Description = "Where it begins: a directory that is empty, or is made." };
        var origin = new Option<string>("--origin") { Description = "Its name: its address without the scheme.", HelpName = "NAME", Required = true };
        var (key, passphrase, json) = (LogFlags.KeyFile("the log's"), Passphrase.Option(), CommandOutput.JsonOption());
        var command = new Command("init", "Begin a log: an empty tree, signed. Any web server can serve the directory.") { folder, origin, key, passphrase, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            using var signer = LogFlags.ReadKey(parse.GetRequiredValue(key), parse.GetValue(passphrase));
            using var log = LogWriter.Create(parse.GetRequiredValue(folder), parse.GetRequiredValue(origin), parse.GetRequiredValue(key), signer);
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["log"] = parse.GetRequiredValue(folder), ["origin"] = log.Checkpoint.Origin, ["key"] = log.Key.ToString() });
                return ExitCode.Done;
            }

            parse.InvocationConfiguration.Output.WriteLine(Printable.Text($"began {log.Checkpoint.Origin} in {parse.GetRequiredValue(folder)}"));
            parse.InvocationConfiguration.Output.WriteLine($"whoever follows it writes into a policy: log {log.Key}");
            return ExitCode.Done;
        }));
        return command;
    }
}
