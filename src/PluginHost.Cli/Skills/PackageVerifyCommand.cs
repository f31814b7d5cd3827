using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Cli.State;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills package verify</c>: walks a package through the rooms that look at it without running it. Writes nothing.</summary>
internal static class PackageVerifyCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var flags = new TrustFlags();
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("verify", "Verify a package: form, manifest, signature, files, publisher, SBOM, provenance, modules. Writes nothing.") { artifact };
        flags.AddTo(command);
        command.Add(state);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var trust = Trust(parse.GetValue(flags.Store) ?? StateFlag.Open(parse.GetValue(state))?.TrustStore, flags.Keys(parse));
            var file = InputFiles.Read(parse.GetRequiredValue(artifact), ArchiveLimits.TotalBytes);
            var skill = SignedSkill.Verify(SkillArtifact.Read(file));
            var decision = TrustedSkill.Decide(skill, trust, parse.GetValue(flags.AllowFirstUse)).Decision;
            var inspection = SkillInspection.Of(skill);
            Report(skill, decision, inspection.Provenance.Kind, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    private static TrustStore Trust(string? path, IReadOnlyList<(string Publisher, string Key)> added)
    {
        try
        {
            // A store that is named must be there; one that nobody named is empty.
            return new TrustStoreFile(path, added).Read();
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.trust-store", e.Message);
        }
    }

    private static void Report(SignedSkill skill, TrustDecision decision, ProvenanceKind provenance, bool json, TextWriter output)
    {
        var manifest = skill.Manifest;
        var trust = decision switch
        {
            TrustDecision.Allowlisted => "allowlisted",
            TrustDecision.Pinned => "tofu_pinned",
            _ => "tofu_newly_pinned",
        };
        if (json)
        {
            CommandOutput.Write(output, new JsonObject
            {
                ["accepted"] = true,
                ["trust_decision"] = trust,
                ["payload_sha256"] = skill.Artifact.Payload,
                ["skill_id"] = manifest.SkillId,
                ["version"] = manifest.Version.ToString(),
                ["publisher"] = manifest.Publisher,
                ["signature_key_id"] = skill.Signature.KeyId,
                ["provenance"] = provenance == ProvenanceKind.Statement ? "statement" : "minimal",
                ["tools"] = new JsonArray([.. manifest.Tools.Select(tool => (JsonNode)tool.Id)]),
            });
            return;
        }

        output.WriteLine($"accepted: {manifest.SkillId} {manifest.Version} by {manifest.Publisher} ({skill.Signature.KeyId}, {trust})");
        output.WriteLine($"payload {skill.Artifact.Payload}");
        foreach (var tool in manifest.Tools)
        {
            output.WriteLine(Printable.Text($"tool {tool.Id}: {tool.Description}"));
        }
    }
}
