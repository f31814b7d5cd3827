using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Cli.State;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills adopt</c>: an operator answers for a package that nobody signed, on record.</summary>
internal static class SkillsAdoptCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "File of the package that nobody signed.", HelpName = "FILE", Required = true };
        var publisher = new Option<string>("--publisher") { Description = "The name under which you publish; tools and skill are renamed to it.", HelpName = "PUBLISHER", Required = true };
        var key = new Option<string>("--signing-key") { Description = "File of your key.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output") { Description = "File of the package that is made.", HelpName = "FILE", Required = true };
        var passphrase = Passphrase.Option();
        return OfficeVerbs.Lifecycle().Complete(new Command("adopt", "Sign a package that nobody signed as your own, after you have looked at it; on record.") { artifact, publisher, key, output, passphrase }, (parse, office, reason) =>
        {
            var file = InputFiles.Read(parse.GetRequiredValue(artifact), ArchiveLimits.TotalBytes);
            using var signing = SigningKey.Read(InputFiles.Read(parse.GetRequiredValue(key), SigningKey.MaxFileBytes), () => Passphrase.Get(parse.GetValue(passphrase), twice: false));
            var package = Adoption.Adopt(file, parse.GetRequiredValue(publisher), signing, reason, TimeProvider.System.GetUtcNow());
            var skill = SignedSkill.Verify(SkillArtifact.Read(package));
            office.Adopted(SkillArtifact.Read(file).Payload, skill.Manifest.SkillId, skill.Artifact.Payload, reason, () => OutputFile.Write(parse.GetRequiredValue(output), package));
            return (
                $"wrote {parse.GetRequiredValue(output)}: {skill.Manifest.SkillId} {skill.Manifest.Version}, signed with {skill.Signature.KeyId}; that is on record",
                new JsonObject
                {
                    ["artifact_path"] = parse.GetRequiredValue(output),
                    ["skill_id"] = skill.Manifest.SkillId,
                    ["version"] = skill.Manifest.Version.ToString(),
                    ["publisher"] = skill.Manifest.Publisher,
                    ["payload_sha256"] = skill.Artifact.Payload,
                    ["signature_key_id"] = skill.Signature.KeyId,
                });
        });
    }
}
