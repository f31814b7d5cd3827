using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.Skills;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Manifests;
using PluginHost.State;

namespace PluginHost.Cli.Library;

/// <summary>The verbs that look at installed skills, take them away, or go back.</summary>
internal static class LibraryCommands
{
    public static Command Remove()
    {
        var (id, version, verb) = (Id(), Version(), new LibraryVerb());
        return verb.Complete(new Command("remove", "Remove an installed version; what runs of it is stopped.") { id, version }, "removing", (parse, host, options) =>
        {
            var skill = parse.GetRequiredValue(id);
            var removed = host.Library.Remove(skill, parse.GetValue(version));
            return (
                [$"removed {skill} {removed}"],
                new JsonObject { ["event_kind"] = "skill.removed", ["skill_id"] = skill, ["removed_versions"] = new JsonArray(removed), ["skills_root"] = LibraryVerb.Root(options) });
        });
    }

    public static Command Rollback()
    {
        var (id, verb) = (Id(), new LibraryVerb());
        var reason = new Option<string>("--reason") { Description = "Why; goes on record.", HelpName = "TEXT", Required = true };
        return verb.Complete(new Command("rollback", "Give the current version up for the one before it.") { id, reason }, "rolling back", (parse, host, options) =>
        {
            if (string.IsNullOrWhiteSpace(parse.GetRequiredValue(reason)))
            {
                throw new CommandError(ExitCode.Usage, "usage.reason", "--reason is empty");
            }

            var entry = host.Library.Rollback(parse.GetRequiredValue(id), parse.GetRequiredValue(reason));
            return (
                [$"{entry.SkillId} {entry.Version} is current again"],
                new JsonObject { ["event_kind"] = "skill.rolled_back", ["skill_id"] = entry.SkillId, ["version"] = entry.Version, ["skills_root"] = LibraryVerb.Root(options) });
        });
    }

    public static Command List()
    {
        var publisher = new Option<string?>("--publisher") { Description = "Those of a publisher.", HelpName = "PUBLISHER" };
        var current = new Option<bool>("--current-only") { Description = "Current versions." };
        var quarantined = new Option<bool>("--quarantined-only") { Description = "Those that are quarantined." };
        var eligible = new Option<bool>("--eligible-only") { Description = "Those that may run." };
        return new ReadingVerb().Complete(new Command("list", "List what is installed.") { publisher, current, quarantined, eligible }, (parse, skills, root) =>
        {
            var view = skills.View();
            var entries = view.Installed
                .Where(skill => parse.GetValue(publisher) is not { } wanted || skill.Publisher == wanted)
                .Where(skill => !parse.GetValue(current) || skill.Current)
                .Select(skill => Inventory(skills, view, skill))
                .Where(json => !parse.GetValue(quarantined) || json["runtime_status"]!["quarantine_status"]!.GetValue<string>() == "quarantined")
                .Where(json => !parse.GetValue(eligible) || json["eligibility"]!["eligible"]!.GetValue<bool>())
                .ToList();
            return (entries.Count == 0 ? ["nothing is installed"] : VerbText.Of(Table(entries)), new JsonObject { ["skills_root"] = root.Skills, ["count"] = entries.Count, ["entries"] = new JsonArray([.. entries]) });
        });
    }

    public static Command Info()
    {
        var (id, version) = (Id(), Version());
        var (trust, demands) = (new TrustFlags(), new InspectionFlags());
        var command = new Command("info", "Tell all that is known of an installed version.") { id, version };
        demands.AddTo(command);
        return new ReadingVerb().Complete(command, (parse, skills, root) =>
        {
            var view = skills.View();
            var state = skills.Find(parse.GetRequiredValue(id), parse.GetValue(version));
            var installed = view.Installed.First(skill => skill.PayloadSha256 == state.Installed!.PayloadSha256);
            var source = skills.Folder.Read(installed);
            var package = SkillArtifact.Read(source.Read());
            var skill = SignedSkill.Verify(package);
            var inventory = Inventory(skills, view, installed);
            var options = demands.Options(parse);
            using var shared = trust.Shared.Open(parse);
            var trusted = new TrustFiles(parse.GetValue(trust.Store), root, null, trust.Keys(parse, options), shared?.Trust).Read();
            var judged = PackageJudgement.Of(source.Read(), source.Evidence(), InspectionFlags.Settings(options, root), trusted, TrustFlags.Rules(options, root) with { AllowFirstUse = true, AllowDowngrade = true });
            var json = new JsonObject
            {
                ["inventory"] = inventory,
                ["manifest"] = Skills.ManifestJson.Of(skill.Manifest, package.Find(ManifestReader.Entry)!),
                ["chain"] = ChainJson.Of(judged.Judgement),
                ["signature"] = JsonNode.Parse(package.Find(PayloadDigest.SignatureEntry)!),
                ["artifact_entries"] = new JsonArray([.. package.Entries.Select(entry => (JsonNode)entry.Path)]),
                ["cached_artifact_path"] = Path.Combine(root.Skills, installed.SkillId, installed.Version, LibraryFolder.Artifact),
            };
            return (
                [
                    Line(inventory), $"{skill.Manifest.Name}, signed with {skill.Signature.KeyId}, payload {package.Payload}", $"tools: {string.Join(", ", skill.Manifest.Tools.Select(tool => tool.Id))}",
                    $"chain {ChainGrades.NameOf(judged.Judgement.Chain.Grade)}: {judged.Judgement.Chain.Why}; score {judged.Judgement.Score.Value} of 100 ('skills explain {installed.SkillId}' tells why)",
                    .. ChainText.Draw(judged.Judgement.Chain).Select(line => "  " + line),
                    .. judged.Judgement.Chain.Warnings.Select(warning => "look at this: " + warning),
                ], json);
        }, trust);
    }

    public static Argument<string> Id() => new("id") { Description = "Id of the skill." };

    public static Option<string?> Version() => new("--version") { Description = "Its version; the current one without it.", HelpName = "VERSION" };

    /// <summary>An installed skill in Palyra's fields. One package that cannot be read does not hide the others.</summary>
    public static JsonObject Inventory(InstalledSkills skills, LifecycleView view, InstalledSkill installed)
    {
        try
        {
            return InventoryJson.Of(view, installed, ManifestReader.Read(SkillArtifact.Read(skills.Folder.Read(installed).Read())), null);
        }
        catch (PluginHost.Skills.SkillException e)
        {
            return InventoryJson.Of(view, installed, null, $"{e.Code}: {e.Message}");
        }
    }

    private static string Line(JsonObject json)
    {
        var status = json["runtime_status"]!;
        var reason = status["reason"]?.GetValue<string>();
        return $"{json["skill_id"]} {json["version"]}{(json["current"]!.GetValue<bool>() ? " (current)" : "")} by {json["publisher"]}: {status["status"]}{(reason is null ? "" : $", {reason}")}";
    }

    private static TextTable Table(IEnumerable<JsonObject> entries)
    {
        var table = new TextTable("SKILL", "VERSION", "PUBLISHER", "STATUS", "WHY");
        foreach (var json in entries)
        {
            var status = json["runtime_status"]!;
            var word = status["status"]!.GetValue<string>();
            table.Add(
                json["skill_id"]!.GetValue<string>(),
                json["version"]!.GetValue<string>() + (json["current"]!.GetValue<bool>() ? " (current)" : ""),
                json["publisher"]!.GetValue<string>(),
                new Cell(word, word switch { "active" => CellMark.Good, "quarantined" => CellMark.Bad, _ => CellMark.Warn }),
                status["reason"]?.GetValue<string>());
        }

        return table;
    }
}
