using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Lifecycle;
using PluginHost.Skills.Cryptography;
using PluginHost.State;

namespace PluginHost.Cli.Library;

/// <summary>The verbs by which an operator decides whether a version runs.</summary>
internal static class LifecycleCommands
{
    public static Command Quarantine()
    {
        var (id, version, key, passphrase) = (LibraryCommands.Id(), LibraryCommands.Version(), Key("File of your operator's key: another one has to lift it."), Passphrase.Option());
        var payload = Payload();
        return OfficeVerbs.Lifecycle().Complete(new Command("quarantine", "Stop a version, in every process, until an operator signs that it may run again.") { id, version, payload, key, passphrase }, (parse, office, reason) =>
        {
            using var signing = Signing(parse, key, passphrase);
            var which = Meant(office, parse, id, version, payload);
            office.Quarantine(which, reason, signing);
            return Report(office, which);
        });
    }

    public static Command Disable()
    {
        var (id, version, payload) = (LibraryCommands.Id(), LibraryCommands.Version(), Payload());
        return OfficeVerbs.Lifecycle().Complete(new Command("disable", "Switch a version off.") { id, version, payload }, (parse, office, reason) =>
        {
            var which = Meant(office, parse, id, version, payload);
            office.Disable(which, reason);
            return Report(office, which);
        });
    }

    public static Command Enable()
    {
        var (id, version, key, passphrase) = (LibraryCommands.Id(), LibraryCommands.Version(), Key("File of your operator's key, to lift a quarantine."), Passphrase.Option());
        var payload = Payload();
        var overrides = new Option<bool>("--override") { Description = "You answer for it.", Required = true };
        return OfficeVerbs.Lifecycle().Complete(new Command("enable", "Let a version run again.") { id, version, payload, overrides, key, passphrase }, (parse, office, reason) =>
        {
            if (!parse.GetValue(overrides))
            {
                throw new CommandError(ExitCode.Usage, "usage.override", "--override is needed: you answer for it");
            }

            using var signing = Signing(parse, key, passphrase);
            var which = Meant(office, parse, id, version, payload);
            office.Enable(which, reason, signing);
            return Report(office, which);
        });
    }

    public static Command Reindex() => OfficeVerbs.Lifecycle().Complete(new Command("reindex", "Write installed-index.json anew from the lifecycle journal, after it was edited or lost."), (_, office, reason) =>
    {
        office.Reindex(reason);
        return ("installed-index.json was written anew; that is on record", new JsonObject { ["reindexed"] = true });
    });

    private static Option<string?> Key(string description) => new("--key") { Description = description, HelpName = "FILE" };

    private static SigningKey? Signing(ParseResult parse, Option<string?> key, Option<string?> passphrase) => parse.GetValue(key) is not { } file ? null
        : SigningKey.Read(InputFiles.Read(file, SigningKey.MaxFileBytes), () => Passphrase.Get(parse.GetValue(passphrase), twice: false));

    private static Option<string?> Payload() => new("--payload") { Description = "Digest of the payload that is meant: what nobody signed has no other name.", HelpName = "PAYLOAD" };

    /// <summary>The payload or version that is named; else the current one of an installed skill, else the only one that is known.</summary>
    private static Func<LifecycleView, VersionState> Meant(LifecycleOffice office, ParseResult parse, Argument<string> id, Option<string?> version, Option<string?> payload)
    {
        var skill = parse.GetRequiredValue(id);
        if (parse.GetValue(payload) is { } digest)
        {
            return view => LifecycleDecisions.Known(view, digest) is var named && named.Last.Change.Skill == skill ? named : throw new CommandError(ExitCode.Usage, "usage.payload", $"the payload {digest} is one of '{named.Last.Change.Skill}'");
        }

        var known = office.View.Versions.Keys.Where(known => known.Skill == skill).ToList();
        var meant = parse.GetValue(version) ?? office.View.Current.GetValueOrDefault(skill) ?? (known is [var only]
            ? only.Version
            : throw new CommandError(ExitCode.Usage, "usage.version", known.Count == 0 ? $"nothing is known of '{skill}' here" : $"of '{skill}' more than one version is known: --version {string.Join(" or ", known.Select(one => one.Version).Order(StringComparer.Ordinal))}"));
        return view => LifecycleDecisions.Known(view, skill, meant);
    }

    private static (string Text, JsonObject Json) Report(LifecycleOffice office, Func<LifecycleView, VersionState> which)
    {
        var state = which(office.View);
        var (skill, version) = (state.Last.Change.Skill, state.Last.Change.Version);
        var status = state.Hold is null ? state.Status : SkillStatus.Quarantined;
        var last = state.Hold ?? state.Last;
        return (
            Printable.Text($"{skill} {version} is {StatusNames.Of(status)}; that is on record"),
            new JsonObject
            {
                ["skill_id"] = skill,
                ["version"] = version,
                ["status"] = status == SkillStatus.Enabled ? "active" : StatusNames.Of(status),
                ["reason"] = last.Change.Reason,
                ["detected_at_ms"] = last.Time.ToUnixTimeMilliseconds(),
                ["operator_principal"] = last.Change.Actor,
            });
    }
}
