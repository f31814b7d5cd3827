namespace Vetting;

/// <summary>The people of the story, each with a key of its own, and the files between them.</summary>
internal sealed class Cast : IDisposable
{
    public Cast()
    {
        foreach (var name in new[] { "author", "auditor-one", "auditor-two", "voucher", "registry", "log", "thief", "invented-one", "invented-two" })
        {
            Keys[name] = Tool.Run("keys", "generate", "--output", File($"{name}.pem"), "--no-passphrase").GetProperty("public_key").GetString()!;
        }
    }

    /// <summary>Public keys by name.</summary>
    public Dictionary<string, string> Keys { get; } = new(StringComparer.Ordinal);

    public string Folder { get; } = Directory.CreateTempSubdirectory("vetting-").FullName;

    public string Registry => File("registry");

    public string File(string name) => Path.Combine(Folder, name);

    public string KeyOf(string name) => File($"{name}.pem");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Builds a version of the skill, and has its author say that it is released.</summary>
    public string Build(string version, string description = "Turns the input to upper case.", string signer = "author")
    {
        var folder = File($"source-{version}-{signer}");
        var skill = Path.Combine(AppContext.BaseDirectory, "skill");
        Directory.CreateDirectory(Path.Combine(folder, "modules"));
        System.IO.File.Copy(Path.Combine(skill, "modules", "text.wasm"), Path.Combine(folder, "modules", "text.wasm"));
        System.IO.File.WriteAllText(Path.Combine(folder, "skill.toml"), System.IO.File.ReadAllText(Path.Combine(skill, "skill.toml"))
            .Replace("version = \"1.0.0\"", $"version = \"{version}\"", StringComparison.Ordinal).Replace("Turns the input to upper case.", description, StringComparison.Ordinal));
        System.IO.File.WriteAllText(Path.Combine(folder, "sbom.cdx.json"), """{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}""");
        var package = File($"acme.text-{version}-{signer}.palyra-skill");
        Tool.Run("skills", "package", "build", "--root", folder, "--manifest", Path.Combine(folder, "skill.toml"), "--module", "modules/text.wasm", "--sbom", Path.Combine(folder, "sbom.cdx.json"), "--signing-key", KeyOf(signer), "--output", package);
        Tool.Run("attest", "author", package, "--key", KeyOf(signer));
        return package;
    }

    /// <summary>Has a person look at a package.</summary>
    public void Review(string package, string auditor) => Tool.Run("attest", "review", package, "--key", KeyOf(auditor), "--did", "reviewed-source", "--reviewer", $"https://{auditor}.example");

    public void Publish(string package, params string[] more) => Tool.Run([.. Publishing(package), .. more]);

    /// <summary>Why the registry does not take a package.</summary>
    public string RefusalToPublish(string package) => Tool.Refusal(Publishing(package));

    private string[] Publishing(string package) => ["registry", "publish", Registry, package, "--key", KeyOf("registry"), "--log-key", KeyOf("log")];

    /// <summary>Has somebody answer for somebody else as an auditor, in the operator's bundle of vouches.</summary>
    public void Vouch(string from, string to) =>
        Tool.Run("attest", "vouch", "key", Keys[to], "--key", KeyOf(from), "--level", "high", "--scope", "auditor", "--expires", "2036-01-01T00:00:00Z", "--bundle", File("trust.intoto.jsonl"));

    /// <summary>What the author's monitor tells that is new.</summary>
    public string LookAtLog()
    {
        var alerts = Tool.Try("log", "monitor", Path.Combine(Registry, "log"), "--log-policy", File("logs"), "--seen", File("seen"), "--name", "acme.text", "--known-key", Keys["author"]).Answer.GetProperty("alerts");
        return string.Join("; ", alerts.EnumerateArray().Select(alert => $"entry {alert.GetProperty("index")}, {alert.GetProperty("message").GetString()}"));
    }

    /// <summary>Makes another log of the same name with the same key, and puts it in the place of the registry's.</summary>
    public void ForkLog()
    {
        var log = Path.Combine(Registry, "log");
        Directory.Delete(log, recursive: true);
        System.IO.File.Delete(KeyOf("log") + ".signed");
        Tool.Run("log", "init", log, "--origin", "registry.example/log", "--key", KeyOf("log"));
        System.IO.File.WriteAllLines(File("entries"), Enumerable.Range(0, 100).Select(i => $"another past {i}"));
        Tool.Run("log", "append", log, "--lines", File("entries"), "--key", KeyOf("log"));
    }
}
