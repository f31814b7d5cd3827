using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Keys;

/// <summary><c>keys event</c>: tells what a bundle of key events says, and which of them somebody would follow who knows nothing of the publisher yet.</summary>
internal static class KeysEventCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A bundle of key events, one envelope on a line." };
        var json = CommandOutput.JsonOption();
        var command = new Command("event", "Tell what a bundle of key events says, and whether each one is signed as it has to be.") { file, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var bytes = InputFiles.Read(parse.GetRequiredValue(file), EvidenceBundle.MaxBytes);
            var events = KeyEvents.Read(bytes).OrderBy(one => one.Publisher, StringComparer.Ordinal).ThenBy(one => one.Version).ToList();
            if (events.Count == 0)
            {
                throw new CommandError(ExitCode.Refused, "trust.form", "there is no key event in it");
            }

            var followed = events.GroupBy(one => one.Publisher, StringComparer.Ordinal)
                .SelectMany(group => KeyEvents.Follow(null, group, ImmutableHashSet<string>.Empty, TimeProvider.System.GetUtcNow()).Followed)
                .Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
            Report(events, followed, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return followed.Count == events.Count ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static void Report(List<KeyEvent> events, HashSet<string> followed, bool json, TextWriter output)
    {
        if (json)
        {
            CommandOutput.Write(output, new JsonObject { ["events"] = new JsonArray([.. events.Select(one => (JsonNode)Json(one, followed.Contains(one.Id)))]) });
            return;
        }

        foreach (var one in events)
        {
            output.WriteLine(Printable.Words($"{one.Publisher} key set {one.Version}, event {one.Id}: {(followed.Contains(one.Id) ? "followed" : "NOT FOLLOWED: too few keys that count signed it, it was not committed to, or something before it is missing")}"));
            output.WriteLine($"  {one.Threshold} of {string.Join(", ", one.Keys)}{(one.Expires is { } expires ? $", until {expires:yyyy-MM-dd}" : "")}");
            foreach (var (key, revoked) in one.Revoked)
            {
                output.WriteLine(Printable.Words($"  revokes {key}: {revoked.Reason}{CutoffOptions.Describe(revoked)}"));
            }
        }
    }

    private static JsonObject Json(KeyEvent one, bool isFollowed) => new()
    {
        ["publisher"] = one.Publisher,
        ["version"] = one.Version,
        ["id"] = one.Id,
        ["previous"] = one.Previous,
        ["keys"] = new JsonArray([.. one.Keys.Select(key => (JsonNode)key)]),
        ["threshold"] = one.Threshold,
        ["next_digests"] = new JsonArray([.. one.NextDigests.Select(digest => (JsonNode)digest)]),
        ["revoked"] = new JsonArray([.. one.Revoked.Select(pair => (JsonNode)new JsonObject
        {
            ["key"] = pair.Key,
            ["reason"] = pair.Value.Reason,
            ["valid_payloads"] = new JsonArray([.. pair.Value.ValidPayloads.Select(payload => (JsonNode)payload)]),
            ["cutoff"] = pair.Value.Cutoff is { } cutoff ? new JsonObject { ["log"] = cutoff.Log, ["index"] = cutoff.Index } : null,
        })]),
        ["expires"] = one.Expires?.UtcDateTime,
        ["followed"] = isFollowed,
    };
}
