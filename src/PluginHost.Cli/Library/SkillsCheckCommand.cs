using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.Skills;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Limits;
using PluginHost.Skills.Inspection;
using PluginHost.State;

namespace PluginHost.Cli.Library;

/// <summary><c>skills check</c>: what the re-audit of installed skills would find, now. Writes nothing, unless it is told to quarantine.</summary>
internal static class SkillsCheckCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "Id of a skill; all that are installed without it.", Arity = ArgumentArity.ZeroOrOne };
        var version = LibraryCommands.Version();
        var all = new Option<bool>("--all-versions") { Description = "Versions that are not current, too." };
        var quarantine = new Option<bool>("--quarantine") { Description = "Quarantine what fails." };
        var anchor = new Option<string?>("--anchor") { Description = "File of the state's anchor, for --quarantine.", HelpName = "FILE" };
        var age = new Option<int>("--max-feed-days") { Description = "How old the newest record of --osv may be.", HelpName = "DAYS", DefaultValueFactory = _ => 7 };
        var (verb, trust, demands) = (new ReadingVerb(), new TrustFlags(), new InspectionFlags());
        var command = new Command("check", "Audit what is installed again, as of now.") { id, version, all, quarantine, anchor, age };
        demands.AddTo(command);
        return verb.Complete(
            command,
            (parse, skills, root) =>
            {
                if (parse.GetValue(age) <= 0)
                {
                    throw new CommandError(ExitCode.Usage, "usage.max-feed-days", "--max-feed-days is not positive");
                }

                var view = skills.View();
                using var shared = trust.Shared.Open(parse);

                // What only other machines of a fleet have is looked at there.
                var selected = Selected(skills, view, parse.GetValue(id), parse.GetValue(version), parse.GetValue(all))
                    .FindAll(installed => shared is null || parse.GetValue(id) is not null || skills.Folder.Has(installed.SkillId, installed.Version));
                if (selected.Count == 0 && !verb.IsJson(parse))
                {
                    throw new CommandError(ExitCode.Usage, "usage.nothing-installed", "nothing is installed");
                }

                var options = demands.Options(parse);
                var files = new TrustFiles(parse.GetValue(trust.Store), root, null, trust.Keys(parse, options), shared?.Trust);
                using var loads = new LoadPipeline(TimeProvider.System, options.Limits);
                var audit = new LibraryAudit(loads, () => new ReAudit(InspectionFlags.Settings(options, root), files.Read, TrustFlags.Rules(options, root), skills.Folder, shared is not null));
                var findings = Busy.While(parse, verb.IsJson(parse), "auditing", tell => selected.ConvertAll(installed =>
                {
                    tell($"auditing {installed.SkillId} {installed.Version}");
                    return audit.CheckAsync(() => view, installed, TimeSpan.FromDays(parse.GetValue(age)), CancellationToken.None).GetAwaiter().GetResult();
                }));
                var quarantined = parse.GetValue(quarantine) ? Quarantine(root, parse.GetValue(anchor), findings, trust.Shared.Open(parse)) : [];
                var after = skills.View();
                return (VerbText.Of(Table(findings, quarantined)), new JsonObject
                {
                    ["skills_root"] = root.Skills,
                    ["count"] = findings.Count,
                    ["results"] = new JsonArray([.. findings.Select(found => (JsonNode)Json(skills, after, found, quarantined.Contains(found)))]),
                });
            },
            trust,
            static report => report["results"]!.AsArray().All(result => result!["check_status"]!.GetValue<string>() == "ready") ? ExitCode.Done : ExitCode.Refused);
    }

    private static TextTable Table(List<ReAuditFindings> findings, List<ReAuditFindings> quarantined)
    {
        var table = new TextTable("SKILL", "VERSION", "FOUND", "WHY");
        foreach (var found in findings)
        {
            var mark = found.Status switch { SkillReAuditStatus.Ready => CellMark.Good, SkillReAuditStatus.Failed => CellMark.Bad, _ => CellMark.Warn };
            var word = found.Status.ToString().ToLowerInvariant() + (quarantined.Contains(found) ? ", quarantined" : "");
            table.Add(found.Installed.SkillId, found.Installed.Version, new Cell(word, mark), found.Reasons.FirstOrDefault());
            foreach (var reason in found.Reasons.Skip(1).Concat(found.Judgement?.Chain.Warnings ?? []))
            {
                table.Add("", "", "", reason);
            }
        }

        return table;
    }

    private static List<ReAuditFindings> Quarantine(StateRoot root, string? anchor, List<ReAuditFindings> findings, ISharedState? shared)
    {
        if (!findings.Exists(found => found.Status == SkillReAuditStatus.Failed))
        {
            shared?.Dispose();
            return [];
        }

        using var office = new LifecycleOffice(root, anchor is null ? null : StateAnchors.File(anchor), "user:" + Environment.UserName, shared);
        return [.. findings.Where(found => office.Quarantine(found) is not null)];
    }

    private static List<InstalledSkill> Selected(InstalledSkills skills, LifecycleView view, string? id, string? version, bool all) =>
        id is null ? [.. view.Installed.Where(skill => all || skill.Current)]
        : all ? [.. view.Installed.Where(skill => skill.SkillId == id)]
        : [.. view.Installed.Where(skill => skill.PayloadSha256 == skills.Find(id, version).Installed!.PayloadSha256)];

    private static JsonObject Json(InstalledSkills skills, LifecycleView view, ReAuditFindings findings, bool wasQuarantined)
    {
        var audit = findings.Audit;
        return new JsonObject
        {
            ["inventory"] = LibraryCommands.Inventory(skills, view, findings.Installed),
            ["check_status"] = findings.Status switch
            {
                SkillReAuditStatus.Ready => "ready",
                SkillReAuditStatus.Blocked or SkillReAuditStatus.Failed => "blocked",
                _ => "unknown",
            },
            ["status"] = findings.Status.ToString().ToLowerInvariant(),
            ["trust_accepted"] = findings.Trust is not null,
            ["trust_error"] = findings.TrustProblem,
            ["audit_passed"] = audit?.Passed ?? false,
            ["quarantine_required"] = findings.Status == SkillReAuditStatus.Failed,
            ["quarantined"] = wasQuarantined,
            ["failed_checks"] = audit?.Checks.Count(check => check.Status == CheckStatus.Fail) ?? 0,
            ["warning_checks"] = audit?.Checks.Count(check => check.Status == CheckStatus.Warn) ?? 0,
            ["reasons"] = new JsonArray([.. findings.Reasons.Select(reason => (JsonNode)reason)]),
            ["chain"] = findings.Judgement is { } judgement ? ChainJson.Of(judgement) : null,
            ["audit"] = audit is null ? null : AuditJson.Of(findings.Package!, findings.Manifest!, audit, findings.Trust, TimeProvider.System.GetUtcNow()),
        };
    }
}
