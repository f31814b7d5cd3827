using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills package inspect</c>: tells what is in a package, whoever signed it. Decides nothing, and writes nothing.</summary>
internal static class PackageInspectCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package.", HelpName = "FILE", Required = true };
        var json = CommandOutput.JsonOption();
        var command = new Command("inspect", "Tell what is in a package, signed or not. Decides nothing about trust, and writes nothing.") { artifact, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var skill = SignedSkill.Unsigned(SkillArtifact.Read(InputFiles.Read(parse.GetRequiredValue(artifact), ArchiveLimits.TotalBytes)));
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, Json(skill));
                return ExitCode.Done;
            }

            output.WriteLine(Printable.Text($"{skill.Manifest.SkillId} {skill.Manifest.Version} by {skill.Manifest.Publisher}, {(skill.IsSigned ? skill.Signature.KeyId : "not signed by anybody")}"));
            output.WriteLine($"payload {skill.Artifact.Payload}");
            foreach (var entry in skill.Artifact.Entries)
            {
                output.WriteLine(Printable.Text($"{Digest(entry)}  {entry.Content.Length,10}  {entry.Path}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static string Digest(ArchiveEntry entry) => Convert.ToHexStringLower(SHA256.HashData(entry.Content));

    private static JsonObject Json(SignedSkill skill) => new()
    {
        ["manifest"] = ManifestJson.Of(skill.Manifest, skill.Artifact.Find(ManifestReader.Entry)!),
        ["manifest_warnings"] = ManifestJson.Warnings(skill.Manifest),
        ["signature"] = skill.IsSigned ? JsonNode.Parse(skill.Artifact.Find(PayloadDigest.SignatureEntry)!) : null,
        ["payload_sha256"] = skill.Artifact.Payload,
        ["capability_grants"] = ManifestJson.Grants(skill.Manifest),
        ["policy_bindings"] = ManifestJson.Bindings(skill.Manifest),
        ["artifact_entries"] = new JsonArray([.. skill.Artifact.Entries.Select(entry => (JsonNode)new JsonObject { ["path"] = entry.Path, ["bytes"] = entry.Content.Length, ["sha256"] = Digest(entry) })]),
    };
}
