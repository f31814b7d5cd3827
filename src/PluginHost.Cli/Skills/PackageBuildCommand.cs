using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills package build</c>: makes and signs a package. The manifest stays as its author wrote it.</summary>
internal static class PackageBuildCommand
{
    private const int MaxKeyBytes = SigningKey.MaxFileBytes;

    public static Command Create()
    {
        var manifest = File("--manifest", "The skill.toml; the list of files is added behind it.");
        var modules = new Option<string[]>("--module") { Description = "A module; a relative path is its path in the package, an absolute one gives its name alone, below modules/.", HelpName = "FILE", Required = true };
        var assets = new Option<string[]>("--asset") { Description = "An asset, its path as with modules, below assets/.", HelpName = "FILE" };
        var root = new Option<string?>("--root") { Description = "Directory that relative paths of modules and assets begin at.", HelpName = "DIR" };
        var sbom = File("--sbom", "The CycloneDX document.");
        var attestations = new Option<string[]>("--attestation") { Description = "Signed evidence or key events, below attestations/ by the name of the file.", HelpName = "FILE" };
        var provenance = new Option<string?>("--provenance") { Description = "The provenance document; without it the build says that it packed these files, and no more.", HelpName = "FILE" };
        var signedAt = new Option<long?>("--signed-at") { Description = "Milliseconds since 1970 to write as the time of signing; SOURCE_DATE_EPOCH, else 0, without it. The signature does not cover it.", HelpName = "MS" };
        var output = File("--output", "File of the package.");
        var key = new Option<string?>("--signing-key") { Description = "File of the key: PEM, 32 bytes, hexadecimal or base64.", HelpName = "FILE" };
        var keyFromInput = new Option<bool>("--signing-key-stdin") { Description = "Read the key from standard input." };
        var vault = new Option<string?>("--signing-key-vault-ref") { Description = "Palyra's vault, which this host has not.", HelpName = "REF", Hidden = true };
        var passphrase = Passphrase.Option();
        var json = CommandOutput.JsonOption();
        var command = new Command("build", "Make and sign a package.")
        {
            manifest, modules, assets, attestations, root, sbom, provenance, signedAt, output, key, keyFromInput, vault, passphrase, json,
        };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            if (parse.GetValue(vault) is not null)
            {
                throw new CommandError(ExitCode.Usage, "usage.signing-key", "there is no vault here: give the key with --signing-key FILE or --signing-key-stdin");
            }

            var start = parse.GetValue(root) ?? ".";
            using var signing = Key(parse.GetValue(key), parse.GetValue(keyFromInput), parse.GetValue(passphrase));
            var content = new PackageContent(
                Read(parse.GetRequiredValue(manifest)),
                Read(parse.GetRequiredValue(sbom)),
                parse.GetValue(provenance) is { } file ? Read(file) : null,
                [
                    .. parse.GetRequiredValue(modules).Select(path => Entry(start, path, "modules/")),
                    .. (parse.GetValue(assets) ?? []).Select(path => Entry(start, path, "assets/")),
                    .. (parse.GetValue(attestations) ?? []).Select(path => new ArchiveEntry("attestations/" + Path.GetFileName(path), Read(path))),
                ]);
            var package = PackageBuilder.Build(content, signing, Time(parse.GetValue(signedAt)));
            OutputFile.Write(parse.GetRequiredValue(output), package);
            Report(parse.GetRequiredValue(output), package, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    /// <summary>The same inputs make the same bytes, so the clock has no say unless somebody wants it.</summary>
    private static DateTimeOffset Time(long? milliseconds) =>
        milliseconds is { } given ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(given, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
        : long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.UnixEpoch;

    private static Option<string> File(string name, string description) => new(name) { Description = description, HelpName = "FILE", Required = true };

    private static byte[] Read(string path) => InputFiles.Read(path, ArchiveLimits.EntryBytes);

    /// <summary>A relative path is the path in the package, as Palyra has it; an absolute one gives its name alone.</summary>
    private static ArchiveEntry Entry(string root, string path, string folder)
    {
        var name = (Path.IsPathRooted(path) ? Path.GetFileName(path) : path).Replace('\\', '/');
        name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        return new ArchiveEntry(name.StartsWith(folder, StringComparison.Ordinal) ? name : folder + name, Read(Path.Combine(root, path)));
    }

    private static SigningKey Key(string? path, bool fromInput, string? passphrase)
    {
        if ((path is not null) == fromInput)
        {
            throw new CommandError(ExitCode.Usage, "usage.signing-key", "exactly one of --signing-key and --signing-key-stdin is needed");
        }

        try
        {
            return SigningKey.Read(path is not null ? InputFiles.Read(path, MaxKeyBytes) : FromInput(), () => Passphrase.Get(passphrase, twice: false));
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.key", e.Message);
        }
    }

    private static byte[] FromInput()
    {
        using var input = Console.OpenStandardInput();
        var bytes = new byte[MaxKeyBytes + 1];
        return bytes[..input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static void Report(string path, byte[] package, bool json, TextWriter output)
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(package));
        if (json)
        {
            CommandOutput.Write(output, new JsonObject
            {
                ["artifact_path"] = path,
                ["payload_sha256"] = skill.Artifact.Payload,
                ["publisher"] = skill.Manifest.Publisher,
                ["skill_id"] = skill.Manifest.SkillId,
                ["version"] = skill.Manifest.Version.ToString(),
                ["signature_key_id"] = skill.Signature.KeyId,
                ["artifact_bytes"] = package.Length,
            });
            return;
        }

        output.WriteLine($"wrote {path}: {skill.Manifest.SkillId} {skill.Manifest.Version} by {skill.Manifest.Publisher}, {package.Length} bytes");
        output.WriteLine($"payload {skill.Artifact.Payload}");
        output.WriteLine($"signed with {skill.Signature.KeyId}");
    }
}
