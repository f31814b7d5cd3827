using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Cli.Keys;

/// <summary><c>keys rotate</c>: adds an event to a publisher's succession of keys, signed by the old keys and the new ones.</summary>
internal static class KeysRotateCommand
{
    public static Command Create()
    {
        var publisher = new Option<string>("--publisher") { Description = "The publisher.", HelpName = "PUBLISHER", Required = true };
        var events = new Option<string>("--events") { Description = "The bundle of key events; the new one is added. Where it is missing, the first event is written, too.", HelpName = "FILE", Required = true };
        var old = new Option<string[]>("--key") { Description = "A key that counts now; as many as the threshold wants.", HelpName = "FILE", Required = true };
        var next = new Option<string[]>("--new-key") { Description = "A key that counts from now on; without it the keys stay.", HelpName = "FILE" };
        var threshold = new Option<int?>("--threshold") { Description = "How many keys have to sign the next event; as many as now without it.", HelpName = "N" };
        var commit = new Option<string[]>("--next") { Description = "A public key, 64 hexadecimal digits, that may follow later: only keys committed to can.", HelpName = "KEY" };
        var revoke = new Option<string[]>("--revoke") { Description = "A public key whose signatures do not count any more.", HelpName = "KEY" };
        var valid = new Option<string[]>("--valid") { Description = "A payload whose signature by a revoked key stays valid.", HelpName = "PAYLOAD" };
        var cutoff = new CutoffOptions();
        var reason = new Option<string>("--reason") { Description = "Why a key is revoked: compromised, superseded or retired.", DefaultValueFactory = _ => "superseded" };
        var expires = new Option<string?>("--expires") { Description = "When the keys have to have been followed.", HelpName = "TIME" };
        var passphrase = Passphrase.Option();
        var json = CommandOutput.JsonOption();
        var command = new Command("rotate", "Let other keys follow a publisher's, or revoke one, by a signed event.") { publisher, events, old, next, threshold, commit, revoke, valid, reason, expires, passphrase, json };
        cutoff.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var olds = Read(parse.GetRequiredValue(old), parse.GetValue(passphrase));
            var news = Read(parse.GetValue(next) ?? [], parse.GetValue(passphrase));
            try
            {
                var file = parse.GetRequiredValue(events);
                var succession = Succession.Read(file, parse.GetRequiredValue(publisher), olds);
                var gone = (parse.GetValue(revoke) ?? []).Distinct(StringComparer.Ordinal).ToList();
                var revocation = new RevokedKey { Reason = parse.GetRequiredValue(reason), At = default, ValidPayloads = [.. (parse.GetValue(valid) ?? []).Select(Hex)], Cutoff = cutoff.Read(parse, gone.Count > 0) };
                var revoked = gone.ToImmutableSortedDictionary(Hex, _ => revocation, StringComparer.Ordinal);
                ImmutableArray<string> keys = news.Count > 0 ? [.. news.Select(key => Convert.ToHexStringLower(key.PublicKey))] : [.. succession.Keys.Where(key => !revoked.ContainsKey(key))];
                var added = succession.Add(keys, parse.GetValue(threshold) ?? succession.Threshold, [.. (parse.GetValue(commit) ?? []).Distinct(StringComparer.Ordinal).Select(key => KeyEvent.DigestOf(Hex(key)))], revoked, Time(parse.GetValue(expires)), [.. olds, .. news]);
                PrivateFiles.Replace(file, succession.Bytes);
                Report(file, added, parse.GetValue(json), parse.InvocationConfiguration.Output);
                return ExitCode.Done;
            }
            catch (FormatException e)
            {
                throw new CommandError(ExitCode.Refused, "trust.form", e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
            }
            finally
            {
                olds.ForEach(key => key.Dispose());
                news.ForEach(key => key.Dispose());
            }
        }));
        return command;
    }

    private static List<SigningKey> Read(string[] files, string? passphrase)
    {
        try
        {
            return [.. files.Select(file => SigningKey.Read(InputFiles.Read(file, SigningKey.MaxFileBytes), () => Passphrase.Get(passphrase, twice: false)))];
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.key", e.Message);
        }
    }

    private static string Hex(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? text : throw new CommandError(ExitCode.Usage, "usage.key", $"'{text}' is not 64 lower hexadecimal digits");

    private static DateTimeOffset? Time(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new CommandError(ExitCode.Usage, "usage.expires", $"'{text}' is no time");

    private static void Report(string file, KeyEvent added, bool json, TextWriter output)
    {
        if (json)
        {
            CommandOutput.Write(output, new JsonObject { ["events"] = file, ["publisher"] = added.Publisher, ["version"] = added.Version, ["id"] = added.Id });
            return;
        }

        output.WriteLine(Printable.Text($"wrote {file}: key set {added.Version} of {added.Publisher}, event {added.Id}"));
        output.WriteLine("put it into your packages as attestations/key-events.intoto.jsonl, or give it to those who pinned you: pluginhost trust apply");
    }
}
