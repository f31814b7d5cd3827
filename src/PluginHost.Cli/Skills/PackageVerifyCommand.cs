using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;
using PluginHost.Wasm;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills package verify</c>: walks a package through the rooms that look at it without running it. Writes nothing.</summary>
internal static class PackageVerifyCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var store = new Option<string?>("--trust-store") { Description = "Trust store to read; without it only the options below count.", HelpName = "FILE" };
        var publishers = new Option<string[]>("--trusted-publisher") { Description = "A publisher's key, 64 hexadecimal digits.", HelpName = "PUBLISHER=KEY" };
        var allowTofu = new Option<bool>("--allow-tofu") { Description = "Accept a publisher that is met for the first time; nothing is pinned." };
        var json = CommandOutput.JsonOption();
        var command = new Command("verify", "Verify a package: form, manifest, signature, files, publisher, SBOM, provenance, modules.")
        {
            artifact, store, publishers, allowTofu, json,
        };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var trust = Trust(parse.GetValue(store), parse.GetValue(publishers) ?? []);
            var file = InputFiles.Read(parse.GetRequiredValue(artifact), ArchiveLimits.TotalBytes);
            var skill = SignedSkill.Verify(SkillArtifact.Read(file));
            CapabilitiesFileReader.Read(skill);
            var decision = trust.Decide(skill.Signature, parse.GetValue(allowTofu));
            SbomInspection.Check(skill);
            var provenance = ProvenanceInspection.Check(skill);
            CheckModules(skill.Artifact);
            Report(skill, decision, provenance, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    private static TrustStore Trust(string? path, string[] publishers)
    {
        try
        {
            var store = path is null ? TrustStore.Empty : TrustStore.Read(InputFiles.Read(path, TrustStore.MaxBytes));
            foreach (var flag in publishers)
            {
                var equals = flag.IndexOf('=', StringComparison.Ordinal);
                store = equals > 0
                    ? store.With(flag[..equals], flag[(equals + 1)..])
                    : throw new CommandError(ExitCode.Usage, "usage.trusted-publisher", $"'{flag}' is not of the form PUBLISHER=KEY");
            }

            return store;
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.trust-store", e.Message);
        }
    }

    private static void CheckModules(SkillArtifact artifact)
    {
        foreach (var module in artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)))
        {
            try
            {
                WasmModule.Decode(module.Content);
            }
            catch (WasmModuleException e)
            {
                throw new CommandError(ExitCode.Refused, "inspection.module", $"{module.Path}: {e.Message}");
            }
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
            output.WriteLine(CommandOutput.Printable($"tool {tool.Id}: {tool.Description}"));
        }
    }
}
