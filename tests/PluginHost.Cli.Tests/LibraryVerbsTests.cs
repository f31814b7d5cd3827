using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Tests;

/// <summary>The life of an installed skill, from the command line.</summary>
[TestClass]
public sealed class LibraryVerbsTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("library").FullName;

    public LibraryVerbsTests()
    {
        Invocation.Run("init", "--state", State);
        Invocation.Run("trust", "add", "acme=" + Key, "--reason", "test", "--state", State);
    }

    private static string Text { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill");

    private string State => Path.Combine(_folder, "state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Invocation Skills(params string[] arguments) => Invocation.Run(["skills", .. arguments, "--state", State]);

    private JsonNode Json(params string[] arguments) => JsonNode.Parse(Skills([.. arguments, "--json"]).Output)!;

    private string Operator(string name)
    {
        var file = Path.Combine(_folder, name + ".pem");
        var key = JsonNode.Parse(Invocation.Run("keys", "generate", "--output", file, "--no-passphrase", "--json").Output)!["public_key"]!.GetValue<string>();
        Assert.AreEqual(0, Invocation.Run("trust", "operator", "add", $"{name}={key}", "--reason", "test", "--state", State).ExitCode);
        return file;
    }

    [TestMethod]
    public void Install_ReportsInPalyrasFields()
    {
        var report = Json("install", "--artifact", Text).AsObject();

        CollectionAssert.AreEqual(
            new[] { "schema_version", "event_kind", "skill_id", "version", "publisher", "artifact_sha256", "payload_sha256", "signature_key_id", "trust_decision", "source", "missing_secrets", "skills_root", "trust_store" },
            report.Select(field => field.Key).ToArray());
        Assert.AreEqual("skill.installed", report["event_kind"]!.GetValue<string>());
        Assert.AreEqual("local_artifact", report["source"]!["kind"]!.GetValue<string>());
        Assert.AreEqual("policy.installed", Json("install", "--artifact", Text)["error"]!["code"]!.GetValue<string>());
        Assert.AreEqual(2, Skills("install", "--artifact", Text).ExitCode);
    }

    [TestMethod]
    public void InstalledSkill_RunsByItsId()
    {
        var payload = Json("install", "--artifact", Text)["payload_sha256"]!.GetValue<string>();
        var run = Skills("run", "acme.text", "acme.text.shout", "--input", "hi", "--accept", payload);
        Assert.AreEqual((0, "HI"), (run.ExitCode, run.Output.Trim()), run.Error);
        Assert.AreEqual("policy.not-installed", Json("run", "acme.text", "acme.text.shout", "--version", "9.0.0")["error"]!["code"]!.GetValue<string>());
    }

    [TestMethod]
    [DoNotParallelize]
    public void FileInTheCurrentDirectory_DoesNotStandInForAnInstalledSkill()
    {
        var payload = Json("install", "--artifact", Text)["payload_sha256"]!.GetValue<string>();
        var before = Environment.CurrentDirectory;
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "cwd")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "acme.text"), "no package");
        try
        {
            Environment.CurrentDirectory = elsewhere;
            Assert.AreEqual(0, Skills("run", "acme.text", "acme.text.shout", "--input", "hi", "--accept", payload).ExitCode);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [TestMethod]
    public void Quarantine_IsLiftedByAnotherOperator()
    {
        Skills("install", "--artifact", Text);
        var (alice, bob) = (Operator("alice"), Operator("bob"));

        Assert.AreEqual("quarantined", Json("quarantine", "acme.text", "--reason", "smells", "--key", alice)["status"]!.GetValue<string>());
        var listed = Json("list", "--quarantined-only")["entries"]![0]!;
        Assert.AreEqual("quarantined", listed["runtime_status"]!["quarantine_status"]!.GetValue<string>());
        Assert.AreEqual("smells", listed["runtime_status"]!["reason"]!.GetValue<string>());
        Assert.IsFalse(listed["eligibility"]!["eligible"]!.GetValue<bool>());
        Assert.AreEqual("policy.quarantined", Json("run", "acme.text", "acme.text.shout")["error"]!["code"]!.GetValue<string>());

        Assert.AreEqual(1, Skills("enable", "acme.text", "--reason", "fine").ExitCode, "--override is the word for it");
        Assert.AreEqual("policy.release", Json("enable", "acme.text", "--override", "--reason", "fine")["error"]!["code"]!.GetValue<string>());
        Assert.AreEqual("policy.release", Json("enable", "acme.text", "--override", "--reason", "fine", "--key", alice)["error"]!["code"]!.GetValue<string>());
        Assert.AreEqual("active", Json("enable", "acme.text", "--override", "--reason", "fine", "--key", bob)["status"]!.GetValue<string>());
        Assert.AreEqual(0, Json("list", "--quarantined-only")["count"]!.GetValue<int>());
    }

    [TestMethod]
    public void Disable_Enable_Remove()
    {
        Skills("install", "--artifact", Text);
        Assert.AreEqual("disabled", Json("disable", "acme.text", "--reason", "later")["status"]!.GetValue<string>());
        Assert.AreEqual("active", Json("enable", "acme.text", "--override", "--reason", "now")["status"]!.GetValue<string>());
        CollectionAssert.AreEqual(new[] { "1.0.0" }, Json("remove", "acme.text")["removed_versions"]!.AsArray().Select(version => version!.GetValue<string>()).ToArray());
        Assert.AreEqual(0, Json("list")["count"]!.GetValue<int>());
        StringAssert.Contains(Skills("list").Output, "nothing is installed");
        Assert.AreEqual(2, Skills("remove", "acme.text").ExitCode);
        Assert.AreEqual(1, Skills("quarantine", "unknown", "--reason", "x").ExitCode);
    }

    [TestMethod]
    public void Info_TellsAll()
    {
        Skills("install", "--artifact", Text);
        var info = Json("info", "acme.text").AsObject();
        CollectionAssert.AreEqual(new[] { "schema_version", "inventory", "manifest", "chain", "signature", "artifact_entries", "cached_artifact_path" }, info.Select(field => field.Key).ToArray());
        Assert.IsTrue(File.Exists(info["cached_artifact_path"]!.GetValue<string>()));
    }

    [TestMethod]
    public void Check_FindsWhatWasRevoked_WritesNothing_AndQuarantinesWhereItIsTold()
    {
        var payload = Json("install", "--artifact", Text)["payload_sha256"]!.GetValue<string>();
        var ready = Json("check")["results"]![0]!;
        Assert.AreEqual("ready", ready["check_status"]!.GetValue<string>());
        Assert.IsTrue(ready["trust_accepted"]!.GetValue<bool>() && ready["audit_passed"]!.GetValue<bool>());
        Invocation.Run("trust", "revoke", "--payload", payload, "--reason", "malware", "--state", State);

        var before = Snapshot();
        var failed = Json("check", "acme.text")["results"]![0]!;
        Json("list");
        Json("info", "acme.text");
        Assert.AreEqual(before, Snapshot());
        Assert.AreEqual("blocked", failed["check_status"]!.GetValue<string>());
        Assert.IsTrue(failed["quarantine_required"]!.GetValue<bool>());
        Assert.IsFalse(failed["quarantined"]!.GetValue<bool>());
        StringAssert.Contains(failed["reasons"]![0]!.GetValue<string>(), "trust.");

        Assert.IsTrue(Json("check", "--quarantine")["results"]![0]!["quarantined"]!.GetValue<bool>());
        Assert.AreEqual(1, Json("list", "--quarantined-only")["count"]!.GetValue<int>());
    }

    [TestMethod]
    public void Check_OfNothing_IsNothing()
    {
        var report = Json("check");
        Assert.AreEqual(0, report["count"]!.GetValue<int>());
        Assert.AreEqual(1, Skills("check").ExitCode);
    }

    [TestMethod]
    public void StateThatIsMissing_IsNamed()
    {
        var missing = Invocation.Run("skills", "list", "--state", Path.Combine(_folder, "none"), "--json");
        Assert.AreEqual((2, "state.missing"), (missing.ExitCode, JsonNode.Parse(missing.Output)!["error"]!["code"]!.GetValue<string>()));
    }

    [TestMethod]
    public void Registry_OffersItsHighestVersion_AndUpdateInstallsIt()
    {
        var registry = Directory.CreateDirectory(Path.Combine(_folder, "registry", "deep")).Parent!.FullName;
        Package("1.9.0", Path.Combine(registry, "b.palyra-skill"));
        Package("1.10.0", Path.Combine(registry, "deep", "a.PALYRA-SKILL"));

        var installed = Json("install", "--registry-dir", registry, "--skill-id", "acme.text", "--version", "1.9.0");
        Assert.AreEqual("local_registry", installed["source"]!["kind"]!.GetValue<string>());
        var updated = Json("update", "--registry-dir", registry, "--skill-id", "acme.text");
        Assert.AreEqual(("skill.updated", "1.10.0"), (updated["event_kind"]!.GetValue<string>(), updated["version"]!.GetValue<string>()));
        var again = Json("update", "--registry-dir", registry, "--skill-id", "acme.text");
        Assert.AreEqual((false, "already_current"), (again["updated"]!.GetValue<bool>(), again["reason"]!.GetValue<string>()));

        Assert.AreEqual("policy.not-offered", Code("update", "--registry-dir", registry, "--skill-id", "acme.other"));
        Assert.AreEqual("usage.artifact", Code("install", "--registry-dir", registry, "--skill-id", "acme.text", "--artifact", Text));
        File.Copy(Path.Combine(registry, "b.palyra-skill"), Path.Combine(registry, "c.palyra-skill"));
        Assert.AreEqual("policy.registry", Code("update", "--registry-dir", registry, "--skill-id", "acme.text"), "the same version twice");
        File.WriteAllText(Path.Combine(registry, "c.palyra-skill"), "no package");
        Assert.AreEqual("policy.registry", Code("update", "--registry-dir", registry, "--skill-id", "acme.text"));
    }

    [TestMethod]
    public void Downgrade_FromARegistry_HasToBeSaid()
    {
        var registry = Directory.CreateDirectory(Path.Combine(_folder, "registry")).FullName;
        Package("1.0.1", Path.Combine(registry, "a.palyra-skill"));
        var newer = Path.Combine(_folder, "newer.palyra-skill");
        Package("3.0.0", newer);
        Skills("install", "--artifact", newer);

        Assert.AreEqual("trust.downgrade", Code("update", "--registry-dir", registry, "--skill-id", "acme.text"));
        Assert.AreEqual("1.0.1", Json("update", "--registry-dir", registry, "--skill-id", "acme.text", "--allow-downgrade")["version"]!.GetValue<string>());
    }

    [TestMethod]
    public void AuditAndVerify_OfWhatIsInstalled()
    {
        Assert.AreEqual("no installed skill artifacts were selected for audit", Json("audit")["message"]!.GetValue<string>());
        Skills("install", "--artifact", Text);

        var audit = Json("audit");
        Assert.AreEqual("installed", audit["audits"]![0]!["source"]!.GetValue<string>());
        Assert.AreEqual(1, audit["summary"]!["audited"]!.GetValue<int>());
        Assert.AreEqual(0, Skills("audit", "acme.text").ExitCode);
        Assert.AreEqual("usage.artifact", Code("audit", "acme.text", "--artifact", Text));
        Assert.IsTrue(Json("verify", "acme.text")["accepted"]!.GetValue<bool>());
        Assert.AreEqual("policy.not-installed", Code("verify", "acme.other"));
    }

    private string Code(params string[] arguments) => Json(arguments)["error"]!["code"]!.GetValue<string>();

    /// <summary>The package of the fixture in another version.</summary>
    private static void Package(string version, string path)
    {
        var package = SkillArtifact.Read(File.ReadAllBytes(Text));
        var manifest = Encoding.UTF8.GetString(package.Find("skill.toml")!);
        manifest = manifest[..manifest.IndexOf("[[integrity", StringComparison.Ordinal)].Replace("version = \"1.0.0\"", $"version = \"{version}\"", StringComparison.Ordinal);
        using var key = SigningKey.Read(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Text)!, "test-key.pem")), () => null);
        File.WriteAllBytes(path, PackageBuilder.Build(
            new PackageContent(
                Encoding.UTF8.GetBytes(manifest), package.Find("sbom.cdx.json")!, """{"builder":{"id":"test"},"subject":[{"name":"m"}]}"""u8.ToArray(),
                [.. package.Entries.Where(entry => entry.Path.StartsWith("modules/", StringComparison.Ordinal))]),
            key,
            DateTimeOffset.UnixEpoch));
    }

    /// <summary>Names, sizes and times of all that is in the state directory.</summary>
    private string Snapshot() => string.Join('\n', Directory.EnumerateFiles(State, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file):O}"));
}
