using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Library;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills package verify</c> and <c>skills verify</c>: walk a package through the rooms that look at it without running it. Writes nothing.</summary>
internal static class PackageVerifyCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var command = new Command("verify", "Verify a package: form, manifest, signature, files, publisher, SBOM, provenance, modules. Writes nothing.") { artifact };
        return Complete(command, isInstalled: false, (parse, _) =>
        {
            var path = parse.GetRequiredValue(artifact);
            return new PackageSource(() => InputFiles.Read(path, ArchiveLimits.TotalBytes), () => PackageFile.Evidence(path));
        });
    }

    /// <summary><c>skills verify</c>: the same for a package that is installed.</summary>
    public static Command CreateForInstalled()
    {
        var (id, version) = (LibraryCommands.Id(), LibraryCommands.Version());
        return Complete(new Command("verify", "Verify an installed skill: the same as for a package. Writes nothing.") { id, version }, isInstalled: true, (parse, flags) =>
        {
            var root = ReadingVerb.Root(flags.State(parse));
            using var shared = flags.Shared.Open(parse);
            using var reading = new SkillsReading(root, () => new OperatorKeys(flags.View(parse).Ledger.Operators ?? OperatorKeys.None, []), shared);
            var skills = reading.Skills;
            return skills.Folder.Read(skills.Find(parse.GetRequiredValue(id), parse.GetValue(version)).Installed!);
        });
    }

    private static Command Complete(Command command, bool isInstalled, Func<ParseResult, TrustFlags, PackageSource> read)
    {
        var flags = new TrustFlags();
        var demands = new InspectionFlags();
        var json = CommandOutput.JsonOption();
        flags.AddWithState(command);
        demands.AddTo(command);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var options = demands.Options(parse);
            var (view, rules) = (flags.View(parse, options), flags.Rules(parse, options));
            var source = read(parse, flags);
            var skill = SignedSkill.Verify(SkillArtifact.Read(source.Read()));
            var settings = InspectionFlags.Settings(options, StateFlag.Open(flags.State(parse))) with { Beside = source.Evidence(), KeepProof = null };

            // That a newer version was met since does not speak against one that is still installed.
            rules = LoggedRelease.In(isInstalled ? rules with { AllowDowngrade = true } : rules, settings);
            view = view.After(skill.Manifest.Publisher, KeyEvents.Of(skill.Artifact, settings.Beside, skill.Manifest.Publisher), rules.Now);
            var trusted = TrustedSkill.Decide(skill, view, rules);
            var inspected = Busy.While(parse, parse.GetValue(json), "looking at papers and code", _ => InspectedSkill.Inspect(trusted, settings, default));
            view.CheckProvenance(skill, inspected.Inspection.Provenance.Level, rules);
            Report(inspected, rules.Now, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Report(InspectedSkill inspected, DateTimeOffset now, bool json, TextWriter output)
    {
        var (skill, manifest, evidence) = (inspected.Signed, inspected.Manifest, inspected.Trusted.Evidence);
        if (json)
        {
            CommandOutput.Write(output, Json(inspected, now));
            return;
        }

        output.WriteLine($"accepted: {manifest.SkillId} {manifest.Version} by {manifest.Publisher} ({skill.Signature.KeyId}, {evidence.Word})");
        output.WriteLine($"payload {skill.Artifact.Payload}");
        output.WriteLine($"provenance: SLSA build level {inspected.Inspection.Provenance.Level}{(inspected.Inspection.Provenance.SignedBy is { } key ? $", signed by {key}" : "")}");
        output.WriteLine(Printable.Text($"chain: {ChainGrades.NameOf(inspected.Judgement.Chain.Grade)}, {inspected.Judgement.Chain.Why}; score {inspected.Judgement.Score.Value} of 100 ('skills explain' tells why)"));
        foreach (var tool in manifest.Tools)
        {
            output.WriteLine(Printable.Text($"tool {tool.Id}: {tool.Description}"));
        }

        foreach (var warning in evidence.Warnings.Concat(inspected.Audit.Findings.Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => $"{finding.Location}: {finding.Message} ({finding.Id})")))
        {
            output.WriteLine(Printable.Text($"warning: {warning}"));
        }
    }

    private static JsonObject Json(InspectedSkill inspected, DateTimeOffset now)
    {
        var (skill, manifest, evidence) = (inspected.Signed, inspected.Manifest, inspected.Trusted.Evidence);
        return new JsonObject
        {
            ["accepted"] = true,
            ["trust_decision"] = evidence.Word,
            ["payload_sha256"] = skill.Artifact.Payload,
            ["manifest"] = ManifestJson.Of(manifest, skill.Artifact.Find(ManifestReader.Entry)!),
            ["manifest_warnings"] = ManifestJson.Warnings(manifest),
            ["capability_grants"] = ManifestJson.Grants(manifest),
            ["policy_bindings"] = ManifestJson.Bindings(manifest),
            ["audit_event"] = AuditEvent(skill, manifest, evidence, now),
            ["skill_id"] = manifest.SkillId,
            ["version"] = manifest.Version.ToString(),
            ["publisher"] = manifest.Publisher,
            ["signature_key_id"] = skill.Signature.KeyId,
            ["trust"] = new JsonObject
            {
                ["key_version"] = evidence.KeyVersion,
                ["known_since"] = evidence.Since?.UtcDateTime,
                ["warnings"] = new JsonArray([.. evidence.Warnings.Select(warning => (JsonNode)warning)]),
            },
            ["provenance"] = inspected.Inspection.Provenance.Kind == ProvenanceKind.Statement ? "statement" : "minimal",
            ["provenance_details"] = Provenance(inspected.Inspection.Provenance),
            ["chain"] = new JsonObject { ["grade"] = ChainGrades.NameOf(inspected.Judgement.Chain.Grade), ["why"] = inspected.Judgement.Chain.Why, ["score"] = inspected.Judgement.Score.Value },
            ["sbom"] = Sbom(inspected.Inspection),
            ["findings"] = AuditJson.Findings(inspected.Audit),
            ["tools"] = new JsonArray([.. manifest.Tools.Select(tool => (JsonNode)tool.Id)]),
        };
    }

    private static JsonObject AuditEvent(SignedSkill skill, SkillManifest manifest, TrustEvidence evidence, DateTimeOffset now) => new()
    {
        ["event_kind"] = "skill.artifact.verified",
        ["skill_id"] = manifest.SkillId,
        ["publisher"] = manifest.Publisher,
        ["version"] = manifest.Version.ToString(),
        ["payload_sha256"] = skill.Artifact.Payload,
        ["trust_decision"] = evidence.Word,
        ["verified_at_unix_ms"] = now.ToUnixTimeMilliseconds(),
        ["policy_bindings"] = ManifestJson.Bindings(manifest),
    };

    private static JsonObject Provenance(ProvenanceReport report) => new()
    {
        ["level"] = report.Level,
        ["builder"] = report.BuilderId,
        ["signed_by"] = report.SignedBy,
        ["source"] = report.Source is { } source ? new JsonObject { ["repository"] = source.Repository, ["ref"] = source.Ref } : null,
        ["evidence"] = new JsonArray([.. report.Evidence.Select(evidence => (JsonNode)new JsonObject
        {
            ["id"] = evidence.Id,
            ["kind"] = evidence.Kind,
            ["place"] = evidence.Place.ToString().ToLowerInvariant(),
            ["counts"] = evidence.Counts,
            ["detail"] = evidence.Detail,
        })]),
    };

    private static JsonObject Sbom(SkillInspection inspection) => new()
    {
        ["spec_version"] = inspection.Sbom.SpecVersion,
        ["checked"] = inspection.Sbom.IsChecked,
        ["components"] = inspection.Sbom.Components.Length,
        ["bound_modules"] = new JsonArray([.. inspection.Sbom.BoundModules.Select(path => (JsonNode)path)]),
        ["unbound_modules"] = new JsonArray([.. inspection.Sbom.UnboundModules.Select(path => (JsonNode)path)]),
        ["feed"] = inspection.Vulnerabilities is { } feed ? new JsonObject { ["records"] = feed.Records, ["unreadable"] = feed.Unreadable, ["modified"] = feed.Modified?.UtcDateTime } : null,
    };
}
