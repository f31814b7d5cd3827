using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Library;

namespace PluginHost.Cli.Library;

/// <summary><c>skills install</c>: puts a package that every room before consent accepts into the library.</summary>
internal static class SkillsInstallCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var verb = new LibraryVerb();
        return verb.Complete(new Command("install", "Verify a package and install it; consent is asked for when it runs.") { artifact }, (parse, host, options) =>
        {
            var entry = host.Library.Install(parse.GetRequiredValue(artifact), verb.LoadOptions(parse));
            return Report(host, options, verb.Trust.Path(parse), entry);
        });
    }

    /// <summary>Tells what was installed.</summary>
    public static (IReadOnlyList<string> Lines, JsonObject Json) Report(SkillHost host, SkillHostOptions options, string? store, SkillLibraryEntry entry)
    {
        var state = host.Library.Skills.Find(entry.SkillId, entry.Version);
        var (installed, happened) = (state.Installed!, "skill." + state.Last.Change.Event);
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
