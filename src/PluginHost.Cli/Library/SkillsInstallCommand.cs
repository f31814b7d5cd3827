using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Cli.Presentation;
using PluginHost.Library;

namespace PluginHost.Cli.Library;

/// <summary><c>skills install</c>: puts a package that every room before consent accepts into the library.</summary>
internal static class SkillsInstallCommand
{
    private static Option<string?> Accept() => new("--accept") { Description = "The payload digest that you have looked at and want, though its score is below the one that is asked for.", HelpName = "PAYLOAD_SHA256" };

    private static SkillLoadOptions Load(ParseResult parse, LibraryVerb verb, Option<string?> accept)
    {
        var options = verb.LoadOptions(parse);
        options.ApprovedPayload = parse.GetValue(accept);
        return options;
    }

    public static Command Create()
    {
        var artifact = new Option<string?>("--artifact") { Description = "File of the package.", HelpName = "FILE" };
        var (verb, registry, accept) = (new LibraryVerb(), new RegistryFlags(), Accept());
        var command = new Command("install", "Verify a package and install it; consent is asked for when it runs.") { artifact, accept };
        registry.AddTo(command);
        return verb.Complete(command, "verifying and installing", (parse, host, options) =>
        {
            var file = parse.GetValue(artifact);
            if (file is null == !registry.IsNamed(parse))
            {
                throw new CommandError(ExitCode.Usage, "usage.artifact", "exactly one of --artifact, --registry-dir and --registry-url is needed");
            }

            return Report(host, options, verb.Trust.Path(parse), file is not null ? host.Library.Install(file, Load(parse, verb, accept)) : FromRegistry(parse, registry, host, Load(parse, verb, accept)));
        });
    }

    /// <summary><c>skills update</c>: installs what a registry offers where it is another version than the current one.</summary>
    public static Command CreateUpdate()
    {
        var (verb, registry, accept) = (new LibraryVerb(), new RegistryFlags(), Accept());
        var command = new Command("update", "Install what a registry offers, where another version is current.") { accept };
        registry.AddTo(command);
        return verb.Complete(command, "asking the registry", (parse, host, options) =>
        {
            var (from, skill, version) = registry.Of(parse);
            return host.Library.UpdateAsync(from, skill, version, Load(parse, verb, accept)).GetAwaiter().GetResult() is { } installed
                ? Report(host, options, verb.Trust.Path(parse), installed)
                : AlreadyCurrent(host.Library.Skills.Find(skill, null).Installed!, options);
        });
    }

    private static (VerbText Text, JsonObject Json) AlreadyCurrent(InstalledSkill skill, SkillHostOptions options) =>
        ([$"{skill.SkillId} {skill.Version} is current already"], new JsonObject
        {
            ["event_kind"] = "skill.updated",
            ["updated"] = false,
            ["reason"] = "already_current",
            ["skill_id"] = skill.SkillId,
            ["version"] = skill.Version,
            ["skills_root"] = LibraryVerb.Root(options),
        });

    private static SkillLibraryEntry FromRegistry(ParseResult parse, RegistryFlags registry, SkillHost host, SkillLoadOptions load)
    {
        var (from, skill, version) = registry.Of(parse);
        return host.Library.InstallAsync(from, skill, version, load).GetAwaiter().GetResult();
    }

    /// <summary>Tells what was installed.</summary>
    public static (VerbText Text, JsonObject Json) Report(SkillHost host, SkillHostOptions options, string? store, SkillLibraryEntry entry)
    {
        var state = host.Library.Skills.Find(entry.SkillId, entry.Version);
        var (installed, happened) = (state.Installed!, state.Last.Change.Event == "updated" ? "skill.updated" : "skill.installed");
        var json = JsonSerializer.SerializeToNode(installed, InstalledJson.Default.InstalledSkill)!.AsObject();
        var report = new JsonObject { ["event_kind"] = happened };
        foreach (var name in new[] { "skill_id", "version", "publisher", "artifact_sha256", "payload_sha256", "signature_key_id", "trust_decision", "source", "missing_secrets" })
        {
            report[name] = json[name]?.DeepClone();
        }

        report["skills_root"] = LibraryVerb.Root(options);
        report["trust_store"] = store;
        return ([$"{(happened == "skill.updated" ? "updated" : "installed")} {entry.SkillId} {entry.Version} by {entry.Publisher} ({installed.TrustDecision})", $"to run it: skills run {entry.SkillId} TOOL --accept {entry.PayloadDigest}"], report);
    }
}
