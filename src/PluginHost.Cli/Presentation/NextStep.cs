namespace PluginHost.Cli.Presentation;

/// <summary>What somebody can do about a refusal, by its code; else by its room.</summary>
internal static class NextStep
{
    private const string AskPublisher = "do not use this file: get the package again from its publisher, and tell them if it stays so";
    private const string Author = "tell the author of the skill; if that is you, docs/package-format.md says what is expected there";
    private const string Doctor = "'pluginhost doctor' says what is wrong with the state and what to do";
    private const string Operator = "somebody may have changed it: compare with a backup before anything is made anew (docs/state.md)";

    private static readonly Dictionary<string, string> ByCode = new(StringComparer.Ordinal)
    {
        ["archive.size"] = "no package is that large; if it is your own, take assets out of it",
        ["manifest.toml"] = Author,
        ["signature.missing"] = "ask its publisher for a signed package; where the policy allows it, --allow-unsigned runs it on probation, and 'skills adopt' signs it as yours",
        ["trust.unknown-publisher"] = "compare the key with the publisher's by another way, then 'pluginhost trust add PUBLISHER=KEY --reason TEXT', or --allow-tofu for a first use",
        ["trust.key-not-listed"] = "ask the publisher by another way whether the key is theirs; then 'pluginhost trust add' lists it",
        ["trust.key-changed"] = "ask the publisher by another way; 'pluginhost trust apply' follows their signed key events, 'pluginhost trust rotate' takes your word",
        ["trust.downgrade"] = "install a newer version; --allow-downgrade takes the older one, on record",
        ["trust.frozen"] = "ask the publisher; then 'pluginhost trust remove' and 'pluginhost trust add' or 'trust pin'",
        ["trust.keys-expired"] = "ask the publisher for key events and give them to 'pluginhost trust apply'",
        ["trust.form"] = "'pluginhost trust list' tells what is known here; docs/trust.md has the form of files",
        ["sbom.malicious"] = "do not use this package; 'pluginhost trust revoke --payload' keeps it out everywhere",
        ["provenance.level"] = "ask the publisher for signed provenance, or lower the level that the policy demands",
        ["provenance.downgrade"] = "ask the publisher why this version is built otherwise; --allow-downgrade takes it, on record",
        ["policy.quarantined"] = "'pluginhost skills info ID' tells why; an operator lifts it with 'pluginhost skills enable ID --override --key FILE --reason TEXT'",
        ["policy.disabled"] = "'pluginhost skills enable ID --override --reason TEXT' lets it run again",
        ["policy.rolled-back"] = "install a newer version, or 'pluginhost skills enable ID --override --reason TEXT'",
        ["policy.installed"] = "'pluginhost skills list' tells what is installed",
        ["policy.not-installed"] = "'pluginhost skills list' tells what is installed; 'pluginhost skills install --artifact FILE' installs",
        ["policy.registry-key"] = "ask whoever runs the registry for its key, then 'pluginhost trust registry add URL=KEY --reason TEXT'",
        ["consent.required"] = "read what it asks for, then give --accept with the payload digest that is named above",
        ["consent.other-payload"] = "look at what this package asks for, then give --accept with its payload digest",
        ["consent.accept-forbidden"] = "run it on a terminal, where a person is asked",
        ["consent.nobody"] = "give --accept with the payload digest, or run it on a terminal",
        ["capability.denied"] = "if you want to allow it, widen policy and consent by what is named above, and no more (docs/capabilities)",
        ["policy.grade"] = "'pluginhost skills explain FILE' tells who stands behind it; the policy names what is demanded (docs/chain.md)",
        ["policy.auditors"] = "'pluginhost skills explain FILE' tells who looked at it, and which links do not count",
        ["policy.review"] = "ask the reviewer whom the policy names; 'pluginhost skills explain FILE' tells what is there",
        ["consent.contradicted"] = "'pluginhost skills explain FILE' tells who says what; --accept with the payload digest that is named above installs it all the same",
        ["trust.author"] = "sign with the key that signed the package; --successor says that yours followed it",
        ["trust.own"] = "somebody else says it, with a key of its own",
        ["trust.prev"] = "'attest verify' lists the links of a package; --bundle names where they are",
        ["trust.sequence"] = "leave --seq out, or take a number that the key has not used",
        ["consent.score"] = "'pluginhost skills explain FILE' tells why; --accept with the payload digest that is named above installs it all the same",
        ["trust.killed"] = "do not use this package; 'pluginhost registry sync' tells what else the registry says (docs/registry.md)",
        ["inspection.rules"] = "correct the file of rules at the line that is named; docs/scan.md tells what is run",
        ["policy.registry"] = "ask whoever runs the registry: what it serves cannot be used as it is (docs/registry.md)",
        ["policy.registry-torn"] = "try again in a minute: its files were being changed, or a mirror holds an older one back; if it stays so, ask whoever runs the registry",
        ["policy.registry-stale"] = "ask whoever runs the registry why it shows old files; nothing is installed from it meanwhile (docs/registry.md)",
        ["registry.publisher"] = "its operator gives a name with 'pluginhost registry publish DIR FILE --new-publisher'",
        ["registry.unreleased"] = "'pluginhost attest author FILE --key FILE' with the publisher's key, then publish again",
        ["registry.rolled-back"] = "find out who put the older copy there; the newer one is needed (docs/registry.md)",
        ["trust.violation"] = "do not use this package; 'pluginhost skills explain FILE' tells who says so",
        ["trust.fabricated"] = "do not use this package, and show the documents under lifecycle/evidence to its publisher and auditors",
        ["trust.log-fork"] = "believe nothing of that log until its operator has explained both trees (docs/log.md)",
        ["log.fork"] = "keep the evidence, show it to the log's operator and to others who follow it (docs/log.md)",
        ["log.stale"] = "ask the log's operator: 'log append' has witnesses cosign it again, or somebody holds newer checkpoints back (docs/log.md)",
        ["log.rolled-back"] = "find out who put the older copy there; the newer one is needed (docs/log.md)",
        ["limit.cancelled"] = "run it again when you have time",
        ["limit.circuit"] = "wait; if it stays so, 'pluginhost audit query --type call' tells which calls failed",
        ["limit.time"] = "raise the time in the policy if the tool needs it (docs/policy.md)",
        ["guest.input"] = "'pluginhost skills info ID --json' has the schema of the input",
        ["state.missing"] = "'pluginhost init' makes a state directory; --state DIR or PLUGINHOST_HOME name one",
        ["state.index-changed"] = "somebody edited it: find out who, then 'pluginhost skills reindex --reason TEXT'",
        ["state.trust-changed"] = "somebody edited it: find out who, then 'pluginhost trust init --reason TEXT'",
        ["state.journal"] = Operator,
        ["state.older"] = Operator,
        ["state.audit-cut"] = Operator,
        ["state.audit-tampered"] = "'pluginhost audit verify' tells where; " + Operator,
        ["state.key"] = "check the file, and the passphrase; 'pluginhost keys show FILE' reads it",
        ["state.policy"] = "'pluginhost policy check FILE' tells what is wrong with it",
        ["state.shared"] = "check that the database can be reached, and that it is the one of this state (docs/lifecycle.md)",
        ["environment.network"] = "check the address, and that something answers there; a registry takes uploads where it is served with both keys (docs/registry.md)",
        ["policy.registry-withheld"] = "do not use it before its registry shows what was said: ask whoever said it, or the registry's operator",
        ["usage.nothing-installed"] = "'pluginhost skills install --artifact FILE' installs",
    };

    private static readonly Dictionary<string, string> ByRoom = new(StringComparer.Ordinal)
    {
        ["archive"] = AskPublisher,
        ["manifest"] = Author,
        ["signature"] = AskPublisher,
        ["integrity"] = AskPublisher,
        ["trust"] = "'pluginhost trust list' tells whom this host trusts (docs/trust.md)",
        ["sbom"] = Author,
        ["provenance"] = Author,
        ["inspection"] = Author,
        ["policy"] = "the policy of this host does not allow it; 'pluginhost policy check FILE' tells what it allows (docs/policy.md)",
        ["consent"] = "nothing ran; run it again to be asked again",
        ["capability"] = "widen policy and consent by what is named above, and no more (docs/capabilities)",
        ["registry"] = "docs/registry.md tells what registries take and promise",
        ["log"] = "docs/log.md tells what logs promise and what they are held to",
        ["limit"] = "if the skill is to have more, raise the limit in the policy (docs/policy.md); else report it to its author",
        ["trap"] = "the skill failed; report it to its author with the line above",
        ["guest"] = "the skill itself reported this: look at the input, or ask its author",
        ["state"] = Doctor,
        ["usage"] = "the same command with --help tells what it takes",
        ["environment"] = "check that the path exists, that you may read or write it, and that there is room",
    };

    /// <summary>What to do; every code has a room, so there is always something.</summary>
    public static string Of(string code) => ByCode.GetValueOrDefault(code) ?? ByRoom.GetValueOrDefault(code.Split('.')[0]) ?? "docs/errors.md tells what the code means";

    /// <summary>Whether a room is known.</summary>
    public static bool Knows(string code) => ByRoom.ContainsKey(code.Split('.')[0]);
}
