using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills audit --artifact</c>: the static audit of a package. Goes on where a room fails, and writes nothing.</summary>
internal static class SkillsAuditCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var flags = new TrustFlags();
        var demands = new InspectionFlags();
        var json = CommandOutput.JsonOption();
        var command = new Command("audit", "Look at a package without running it: Palyra's checks and findings of ours. Writes nothing.") { artifact };
        flags.AddWithState(command);
        demands.AddTo(command);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var path = parse.GetRequiredValue(artifact);
            var options = demands.Options(parse);
            var settings = InspectionFlags.Settings(options, path);
            var (view, rules) = (flags.View(parse), flags.Rules(parse, options));
            var package = SkillArtifact.Read(InputFiles.Read(path, ArchiveLimits.TotalBytes));
            var manifest = ManifestReader.Read(package);
            var audit = StaticAuditor.Run(package, settings);
            var (trust, refusal) = Trust(package, view, rules, settings);
            Report(path, flags.Path(parse), package, manifest, audit, (trust, refusal), rules.Now, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return audit.Passed && refusal is null ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static (string? Decision, string? Refusal) Trust(SkillArtifact package, TrustView view, TrustRules rules, InspectionSettings settings)
    {
        try
        {
            var skill = SignedSkill.Verify(package);
            return (view.After(skill.Manifest.Publisher, KeyEvents.Of(package, settings.Beside, skill.Manifest.Publisher), rules.Now).Decide(skill, rules).Word, null);
        }
        catch (SkillVerificationException e)
        {
            return (null, $"{e.Code}: {e.Message}");
        }
    }

    private static void Report(
        string path, string? store, SkillArtifact package, SkillManifest manifest, StaticAudit audit, (string? Decision, string? Refusal) trust, DateTimeOffset now, bool json, TextWriter output)
    {
        var failed = audit.Checks.Count(check => check.Status == CheckStatus.Fail);
        var warnings = audit.Checks.Count(check => check.Status == CheckStatus.Warn) + audit.Findings.Count(finding => finding.Severity == FindingSeverity.Warning);
        if (json)
        {
            var report = AuditJson.Of(package, manifest, audit, trust.Decision, now);
            report["trust_error"] = trust.Refusal;
            CommandOutput.Write(output, new JsonObject
            {
                ["trust_store"] = store,
                ["audits"] = new JsonArray(new JsonObject { ["source"] = "artifact", ["artifact"] = path, ["skill_id"] = manifest.SkillId, ["version"] = manifest.Version.ToString(), ["report"] = report }),
                ["summary"] = new JsonObject { ["audited"] = 1, ["quarantine_required"] = audit.Passed ? 0 : 1, ["failed_checks"] = failed, ["warnings"] = warnings },
            });
            return;
        }

        output.WriteLine(Printable.Text($"{manifest.SkillId} {manifest.Version} by {manifest.Publisher}: {(audit.Passed ? "passed" : "FAILED")}, trust {trust.Decision ?? trust.Refusal}"));
        foreach (var check in audit.Checks)
        {
            output.WriteLine(Printable.Text($"{check.Status.ToString().ToLowerInvariant(),-7} {check.Id}: {check.Message}"));
        }

        foreach (var finding in audit.Findings)
        {
            output.WriteLine(Printable.Text($"{finding.Severity.ToString().ToLowerInvariant(),-7} {finding.Id} at {finding.Location}: {finding.Message} ({finding.Advice})"));
        }
    }
}
