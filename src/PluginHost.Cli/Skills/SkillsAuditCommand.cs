using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Library;
using PluginHost.Cli.Presentation;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills audit</c>: the static audit of a package, or of what is installed. Goes on where a room fails, and writes nothing.</summary>
internal static class SkillsAuditCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "Id of an installed skill; all current ones without it.", Arity = ArgumentArity.ZeroOrOne };
        var version = LibraryCommands.Version();
        var artifact = new Option<string?>("--artifact") { Description = "File of a package, in place of what is installed.", HelpName = "FILE" };
        var flags = new TrustFlags();
        var demands = new InspectionFlags();
        var json = CommandOutput.JsonOption();
        var command = new Command("audit", "Look at packages without running them: Palyra's checks and findings of ours. Writes nothing.") { id, version, artifact };
        flags.AddWithState(command);
        demands.AddTo(command);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var options = demands.Options(parse);
            var settings = InspectionFlags.Settings(options);
            var (view, rules) = (flags.View(parse, options), flags.Rules(parse, options));
            var file = parse.GetValue(artifact);
            if (file is not null && (parse.GetValue(id) is not null || parse.GetValue(version) is not null))
            {
                throw new CommandError(ExitCode.Usage, "usage.artifact", "--artifact is audited in place of what is installed: it goes with no id and no version");
            }

            var unreadable = new List<CommandError>();
            var audited = Busy.While<List<Audited>>(parse, parse.GetValue(json), "looking at packages", _ => file is not null
                ? [Audit("artifact", file, InputFiles.Read(file, ArchiveLimits.TotalBytes), settings with { Beside = PackageFile.Evidence(file) }, view, rules)]
                : [.. Installed(parse, flags, (parse.GetValue(id), parse.GetValue(version)), settings, view, rules, unreadable)]);
            Report(audited, unreadable, flags, parse, rules.Now, parse.GetValue(json), file is null);
            return unreadable.Count == 0 && audited.TrueForAll(one => one.Audit.Passed && one.Refusal is null) ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static IEnumerable<Audited> Installed(ParseResult parse, TrustFlags flags, (string? Id, string? Version) which, InspectionSettings settings, TrustView view, TrustRules rules, List<CommandError> unreadable)
    {
        var root = ReadingVerb.Root(flags.State(parse));
        using var shared = flags.Shared.Open(parse);
        using var reading = new SkillsReading(root, () => new OperatorKeys(view.Ledger.Operators ?? OperatorKeys.None, []), shared);
        var skills = reading.Skills;
        var wanted = which.Id is null ? null : skills.Find(which.Id, which.Version).Installed;
        foreach (var installed in skills.View().Installed.Where(skill => wanted is null ? skill.Current : skill.PayloadSha256 == wanted.PayloadSha256))
        {
            var path = Path.Combine(root.Skills, installed.SkillId, installed.Version, LibraryFolder.Artifact);
            Audited? audited = null;
            try
            {
                var source = skills.Folder.Read(installed);
                audited = Audit("installed", path, source.Read(), settings with { Beside = source.Evidence() }, view, rules);
            }
            catch (SkillException e) when (wanted is null)
            {
                // The others are looked at all the same; what cannot be read is told at the end.
                unreadable.Add(new CommandError(ExitCode.Refused, e.Code, $"{installed.SkillId} {installed.Version}: {e.Message}"));
            }

            if (audited is not null)
            {
                yield return audited;
            }
        }
    }

    private static Audited Audit(string source, string path, byte[] bytes, InspectionSettings settings, TrustView view, TrustRules rules)
    {
        var package = SkillArtifact.Read(bytes);
        var manifest = ManifestReader.Read(package);
        var audit = StaticAuditor.Run(package, settings);
        try
        {
            var skill = SignedSkill.Verify(package);
            var trust = view.After(skill.Manifest.Publisher, KeyEvents.Of(package, settings.Beside, skill.Manifest.Publisher), rules.Now).Decide(skill, source == "installed" ? rules with { AllowDowngrade = true } : rules).Word;
            return new Audited(source, path, package, manifest, audit, trust, null);
        }
        catch (SkillVerificationException e)
        {
            return new Audited(source, path, package, manifest, audit, null, $"{e.Code}: {e.Message}");
        }
    }

    private static void Report(List<Audited> audited, List<CommandError> unreadable, TrustFlags flags, ParseResult parse, DateTimeOffset now, bool json, bool isInstalled)
    {
        const string nothing = "no installed skill artifacts were selected for audit";
        var output = parse.InvocationConfiguration.Output;
        if (!json)
        {
            audited.ForEach(one => one.Write(output));
            unreadable.ForEach(one => output.WriteLine(Printable.Text($"{one.Code}: {one.Message}")));
            if (audited.Count + unreadable.Count == 0)
            {
                output.WriteLine(nothing);
            }

            return;
        }

        var report = new JsonObject
        {
            ["trust_store"] = flags.Path(parse),
            ["audits"] = new JsonArray([.. audited.Select(one => (JsonNode)one.Json(now))]),
            ["summary"] = new JsonObject
            {
                ["audited"] = audited.Count,
                ["quarantine_required"] = audited.Count(one => !one.Audit.Passed),
                ["failed_checks"] = audited.Sum(one => one.Audit.Checks.Count(check => check.Status == CheckStatus.Fail)),
                ["warnings"] = audited.Sum(one => one.Audit.Checks.Count(check => check.Status == CheckStatus.Warn) + one.Audit.Findings.Count(finding => finding.Severity == FindingSeverity.Warning)),
            },
        };
        if (unreadable.Count > 0)
        {
            report["unreadable"] = new JsonArray([.. unreadable.Select(JsonNode (one) => new JsonObject { ["code"] = one.Code, ["message"] = one.Message })]);
        }

        if (isInstalled && audited.Count + unreadable.Count == 0)
        {
            report["skills_root"] = ReadingVerb.Root(flags.State(parse)).Skills;
            report["message"] = nothing;
        }

        CommandOutput.Write(output, report);
    }

    /// <summary>One package that was looked at.</summary>
    private sealed record Audited(string Source, string Path, SkillArtifact Package, SkillManifest Manifest, StaticAudit Audit, string? Trust, string? Refusal)
    {
        public JsonObject Json(DateTimeOffset now)
        {
            var report = AuditJson.Of(Package, Manifest, Audit, Trust, now);
            report["trust_error"] = Refusal;
            return new JsonObject { ["source"] = Source, ["artifact"] = Path, ["skill_id"] = Manifest.SkillId, ["version"] = Manifest.Version.ToString(), ["report"] = report };
        }

        public void Write(TextWriter output)
        {
            output.WriteLine(Printable.Text($"{Manifest.SkillId} {Manifest.Version} by {Manifest.Publisher}: {(Audit.Passed ? "passed" : "FAILED")}, trust {Trust ?? Refusal}"));
            foreach (var check in Audit.Checks)
            {
                output.WriteLine(Printable.Text($"{check.Status.ToString().ToLowerInvariant(),-7} {check.Id}: {check.Message}"));
            }

            foreach (var finding in Audit.Findings)
            {
                output.WriteLine(Printable.Text($"{finding.Severity.ToString().ToLowerInvariant(),-7} {finding.Id} at {finding.Location}: {finding.Message} ({finding.Advice})"));
            }
        }
    }
}
