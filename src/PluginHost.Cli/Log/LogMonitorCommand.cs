using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Logs;
using PluginHost.Hosting;
using PluginHost.Registry.Log;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Log;

/// <summary><c>log monitor</c>: tells what is new in a log about names and keys that somebody watches.</summary>
internal static class LogMonitorCommand
{
    public static Command Create()
    {
        var log = LogFlags.Log();
        var seen = new Option<string>("--seen") { Description = "Where what was seen of the log is kept: the next run goes on from there.", HelpName = "DIR", Required = true };
        var names = new Option<string[]>("--name") { Description = "A skill, or a publisher with all of its skills, to watch.", HelpName = "NAME" };
        var keys = new Option<string[]>("--known-key") { Description = "A key that signs for these names, 64 hexadecimal digits.", HelpName = "KEY" };
        var (policy, age, roots, json) = (LogFlags.Policy(required: true), LogFlags.MaxAge(), LogFlags.Roots(), CommandOutput.JsonOption());
        var command = new Command("monitor", "Follow a log, and tell what is new about names and keys. Exits with 2 where somebody should look.") { log, seen, names, keys, policy, age, roots, json };
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(json), async () =>
        {
            var known = (parse.GetValue(keys) ?? []).Select(key => key.Trim().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
            if (known.FirstOrDefault(key => key.Length != 64 || !key.All(char.IsAsciiHexDigit)) is { } bad)
            {
                throw new CommandError(ExitCode.Usage, "usage.known-key", $"'{bad}' is no key: 64 hexadecimal digits");
            }

            var files = LogFlags.Files(parse.GetRequiredValue(log), parse.GetValue(roots));
            using var disposing = files as IDisposable;
            var follower = new LogFollower(parse.GetRequiredValue(seen), LogFlags.ReadPolicy(parse.GetValue(policy)!), TimeProvider.System, LogFlags.ReadMaxAge(parse.GetValue(age)));
            var sight = await follower.FollowAsync(files, CancellationToken.None).ConfigureAwait(false);
            var checkpoint = sight.Verdict.Checkpoint;
            var from = follower.ToldOf(checkpoint.Origin);
            var monitor = new LogMonitor { Keys = known, Names = parse.GetValue(names) ?? [] };
            var alerts = new List<LogAlert>();
            await foreach (var alert in monitor.ReadAsync(new LogReader(files, checkpoint.Size), checkpoint, from ?? 0, CancellationToken.None).ConfigureAwait(false))
            {
                alerts.Add(alert);
            }

            Report(parse, parse.GetValue(json), checkpoint, from, alerts);

            // Only what somebody was told is not told again.
            follower.Told(checkpoint);
            return alerts.Exists(alert => alert.Kind is "unknown-key" or "version-reused" or "own-key" or "unreadable") ? ExitCode.Refused : ExitCode.Done;
        }));
        return command;
    }

    private static void Report(ParseResult parse, bool json, Checkpoint checkpoint, long? from, List<LogAlert> alerts)
    {
        var output = parse.InvocationConfiguration.Output;
        if (json)
        {
            CommandOutput.Write(output, new JsonObject
            {
                ["origin"] = checkpoint.Origin,
                ["size"] = checkpoint.Size,
                ["before"] = from,
                ["alerts"] = new JsonArray([.. alerts.Select(alert => (JsonNode)new JsonObject { ["index"] = alert.Index, ["kind"] = alert.Kind, ["message"] = alert.Message })]),
            });
            return;
        }

        output.WriteLine(Printable.Text($"{checkpoint.Origin}: {checkpoint.Size} entries{(from is { } before ? $", {checkpoint.Size - before} of them new" : ", seen for the first time")}"));
        foreach (var alert in alerts)
        {
            output.WriteLine($"{alert.Index} {alert.Kind}: {alert.Message}");
        }
    }
}
