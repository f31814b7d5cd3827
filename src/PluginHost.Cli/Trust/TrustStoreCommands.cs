using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Trust;

/// <summary>The verbs that decide on a publisher's key by an operator's word, and those that carry a store from one host to another.</summary>
internal static class TrustStoreCommands
{
    public static Command Pin()
    {
        var key = new Argument<string>("publisher=key") { Description = $"The publisher and its key, {PublisherKey.Digits64}." };
        return OfficeVerbs.Trust().Complete(new Command("pin", "Pin a publisher's key before it is met: its key events are followed from there.") { key }, (parse, office, reason) =>
        {
            var (publisher, hex) = PublisherKey.Parse(parse.GetRequiredValue(key));
            office.Pin(publisher, hex, reason);
            return ($"{publisher} is pinned with {hex}", new JsonObject { ["publisher"] = publisher, ["key"] = hex });
        });
    }

    public static Command Rotate()
    {
        var key = new Argument<string>("publisher=key") { Description = $"The publisher and the key that counts from now on, {PublisherKey.Digits64}." };
        var from = new Option<string?>("--from") { Description = "The key that it follows; where only one is known, that one.", HelpName = "KEY" };
        return OfficeVerbs.Trust().Complete(new Command("rotate", "Put a key into the place of a publisher's, on your word alone: it signed nothing. Signed events are followed by 'trust apply'.") { key, from }, (parse, office, reason) =>
        {
            var (publisher, hex) = PublisherKey.Parse(parse.GetRequiredValue(key));
            office.Rotate(publisher, hex, parse.GetValue(from) is { } former ? PublisherKey.Hex(former) : null, reason);
            return ($"{publisher} is known by {hex} from now on", new JsonObject { ["publisher"] = publisher, ["key"] = hex });
        });
    }

    public static Command Import()
    {
        var file = new Argument<string>("file") { Description = "The store, in Palyra's form: 'trust export' writes one." };
        return OfficeVerbs.Trust().Complete(new Command("import", "Take over the keys of another trust store, all or none: it adds, and where it contradicts it is refused.") { file }, (parse, office, reason) =>
        {
            var (listed, pinned) = office.Import(TrustStore.Read(InputFiles.Read(parse.GetRequiredValue(file), TrustStore.MaxBytes)), reason);
            return ($"listed {listed}, pinned {pinned}", new JsonObject { ["listed"] = listed, ["pinned"] = pinned });
        });
    }

    public static Command Export()
    {
        var output = new Option<string>("--output") { Description = "File of the store, in Palyra's form.", HelpName = "FILE", Required = true };
        var publishers = new Option<string[]>("--publisher") { Description = "A publisher; all without it.", HelpName = "PUBLISHER" };
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var fleet = new SharedFlag();
        var command = new Command("export", "Write the keys that are listed and pinned, for 'trust import' elsewhere. Revocations travel as signed lists.") { output, publishers, state, json };
        fleet.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            using var shared = fleet.Open(parse);
            var store = TrustListCommand.Read(parse.GetValue(state), shared).Store;
            var wanted = parse.GetValue(publishers) ?? [];
            foreach (var publisher in wanted.Length == 0 ? [] : store.Listing.Concat(store.Pins).Select(pair => pair.Publisher).Distinct(StringComparer.Ordinal).Except(wanted).ToList())
            {
                store = store.Without(publisher);
            }

            if (wanted.FirstOrDefault(publisher => !store.Lists(publisher) && store.PinOf(publisher) is null) is { } unknown)
            {
                throw new CommandError(ExitCode.Usage, "usage.publisher", $"no key is known for '{unknown}'");
            }

            var (path, listed, pinned) = (parse.GetRequiredValue(output), store.Listing.Count(), store.Pins.Count());
            OutputFile.Write(path, store.Write());
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["file"] = path, ["listed"] = listed, ["pinned"] = pinned });
            }
            else
            {
                parse.InvocationConfiguration.Output.WriteLine($"wrote {path}: listed {listed}, pinned {pinned}");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
