using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Cli.State;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Trust;

/// <summary>The verbs by which an operator decides whom a state directory trusts.</summary>
internal static class TrustCommands
{
    public static Command Create() => new("trust", "Work with the publishers that are trusted.")
    {
        TrustListCommand.Create(), Init(), Add(), TrustStoreCommands.Pin(), TrustStoreCommands.Rotate(), Remove(), TrustStoreCommands.Export(), TrustStoreCommands.Import(), Apply(), Revoke(), TrustSignCommand.Create(), Operators(), TrustRegistryCommand.Create(),
    };

    private static Command Init()
    {
        var from = new Option<string?>("--from") { Description = "A trust store of Palyra's to begin with; empty without it.", HelpName = "FILE" };
        return OfficeVerbs.Trust().Complete(new Command("init", "Replace the trust store, on record: after an alarm, or with another one.") { from }, (parse, office, reason) =>
        {
            var store = parse.GetValue(from) is { } file ? TrustStore.Read(InputFiles.Read(file, TrustStore.MaxBytes)) : TrustStore.Empty;
            office.Replace(store, reason);
            return ("the trust store was replaced; that is on record", new JsonObject { ["replaced"] = true });
        }, replaces: true);
    }

    private static Command Add()
    {
        var key = new Argument<string>("publisher=key") { Description = $"The publisher and its key, {PublisherKey.Digits64}." };
        return OfficeVerbs.Trust().Complete(new Command("add", "List a key for a publisher: its skills are trusted from now on, with its listed keys alone.") { key }, (parse, office, reason) =>
        {
            var (publisher, hex) = PublisherKey.Parse(parse.GetRequiredValue(key));
            office.Add(publisher, hex, reason);
            return ($"{publisher} is trusted with {hex}", new JsonObject { ["publisher"] = publisher, ["key"] = hex });
        });
    }

    private static Command Remove()
    {
        var key = new Argument<string>("publisher[=key]") { Description = "The publisher, or one of its keys." };
        return OfficeVerbs.Trust().Complete(new Command("remove", "Forget a publisher, or one of its keys. What must not go back for its skills stays.") { key }, (parse, office, reason) =>
        {
            var (publisher, hex) = PublisherKey.Split(parse.GetRequiredValue(key));
            office.Remove(publisher, hex, reason);
            return ($"{publisher} is not trusted any more{(hex is null ? "" : $" with {hex}")}", new JsonObject { ["publisher"] = publisher, ["key"] = hex });
        });
    }

    private static Command Apply()
    {
        var file = new Argument<string>("file") { Description = "A bundle of key events, one envelope on a line." };
        return OfficeVerbs.Trust().Complete(new Command("apply", "Follow a publisher's key events.") { file }, (parse, office, reason) =>
        {
            var events = KeyEvents.Read(InputFiles.Read(parse.GetRequiredValue(file), EvidenceBundle.MaxBytes)).ToList();
            if (events.Count == 0)
            {
                throw new FormatException("there is no key event in it");
            }

            var versions = office.Apply(events, reason);
            var text = string.Join('\n', versions.Select(pair => pair.Value switch
            {
                null => $"{pair.Key}: signed two events for one version; frozen until you decide (trust remove, trust add)",
                0 => $"{pair.Key}: not pinned here; nothing to follow",
                var version => $"{pair.Key}: key set {version}",
            }));
            return (text, new JsonObject { ["publishers"] = new JsonObject(versions.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) });
        });
    }

    private static Command Revoke()
    {
        var key = new Option<string?>("--key") { Description = $"A public key, {PublisherKey.Digits64}.", HelpName = "KEY" };
        var valid = new Option<string[]>("--valid") { Description = "A payload whose signature by the key stays valid.", HelpName = "PAYLOAD" };
        var payload = new Option<string?>("--payload") { Description = "A payload digest.", HelpName = "PAYLOAD" };
        var list = new Option<string?>("--list") { Description = "A list of revocations that operators signed.", HelpName = "FILE" };
        var operators = new Option<string[]>("--operator-key") { Description = "An operator's public key, for --list.", HelpName = "KEY" };
        var threshold = new Option<int>("--threshold") { Description = "How many operators have to have signed the list.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var cutoff = new CutoffOptions();
        var command = new Command("revoke", "Revoke a key or a package.") { key, valid, payload, list, operators, threshold };
        cutoff.AddTo(command);
        return OfficeVerbs.Trust().Complete(command, (parse, office, reason) =>
        {
            var (one, other, file) = (parse.GetValue(key), parse.GetValue(payload), parse.GetValue(list));
            if (new[] { one, other, file }.Count(given => given is not null) != 1)
            {
                throw new CommandError(ExitCode.Usage, "usage.revoke", "exactly one of --key, --payload and --list is needed");
            }

            var before = cutoff.Read(parse, revokesKeys: one is not null);
            if (one is not null)
            {
                office.RevokeKey(PublisherKey.Hex(one), reason, (parse.GetValue(valid) ?? []).Select(PublisherKey.Hex), before);
            }
            else if (other is not null)
            {
                office.RevokePayload(PublisherKey.Hex(other), reason);
            }
            else
            {
                office.Apply(RevocationList.Read(InputFiles.Read(file!, DsseEnvelope.MaxBytes), [.. (parse.GetValue(operators) ?? []).Select(hex => Convert.FromHexString(PublisherKey.Hex(hex)))], parse.GetValue(threshold)), reason);
            }

            return ("revoked; that is on record", new JsonObject { ["revoked"] = one ?? other ?? file });
        });
    }

    private static Command Operators()
    {
        var added = new Argument<string>("name=key") { Description = $"What the operator is called, and the public key, {PublisherKey.Digits64}." };
        var removed = new Argument<string>("key") { Description = $"The public key, {PublisherKey.Digits64}." };
        return new Command("operator", "Work with the operators who may lift quarantines.")
        {
            OfficeVerbs.Trust().Complete(new Command("add", "Make a key an operator's.") { added }, (parse, office, reason) =>
            {
                var (name, key) = PublisherKey.Split(parse.GetRequiredValue(added));
                office.AddOperator(name.Length > 0 ? name : throw new CommandError(ExitCode.Usage, "usage.operator", "a name and a key are needed: NAME=KEY"), key ?? throw new CommandError(ExitCode.Usage, "usage.operator", "a name and a key are needed: NAME=KEY"), reason);
                return ($"{name} is an operator with {key}", new JsonObject { ["operator"] = name, ["key"] = key });
            }),
            OfficeVerbs.Trust().Complete(new Command("remove", "Take an operator's key back. What it lifted stays lifted.") { removed }, (parse, office, reason) =>
            {
                var key = PublisherKey.Hex(parse.GetRequiredValue(removed));
                office.RemoveOperator(key, reason);
                return ($"{key} is no operator's any more", new JsonObject { ["key"] = key });
            }),
        };
    }
}
