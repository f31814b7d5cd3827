using System.Text.Json;

namespace PluginHost.Cli.Tests;

/// <summary><c>skills run</c> and the verbs that lead to it, as a user and as a script.</summary>
[TestClass]
public sealed class SkillsRunTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private static string Skill(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", name + ".palyra-skill");

    private static string Payload(string path) => JsonDocument.Parse(
        Invocation.Run("skills", "package", "verify", "--artifact", path, "--trusted-publisher", "acme=" + Key, "--json").Output)
        .RootElement.GetProperty("payload_sha256").GetString()!;

    private static Invocation Run(string name, string tool, params string[] more) => Invocation.Run(
        ["skills", "run", Skill(name), tool, "--trusted-publisher", "acme=" + Key, "--accept", Payload(Skill(name)), .. more]);

    [TestMethod]
    public void Tool_AnswersOnStandardOutput()
    {
        var run = Run("text", "acme.text.shout", "--input", "hello");

        Assert.AreEqual((0, "HELLO"), (run.ExitCode, run.Output.TrimEnd()));
    }

    [TestMethod]
    public void Json_HasOutputAndReceipt()
    {
        var json = JsonDocument.Parse(Run("stats", "acme.stats.summarize", "--input", """{"values":[2]}""", "--json").Output).RootElement;

        Assert.AreEqual("""{"count":1,"sum":2,"mean":2,"min":2,"max":2}""", json.GetProperty("output").GetString());
        Assert.AreEqual("acme.stats", json.GetProperty("skill").GetString());
        Assert.IsTrue(json.GetProperty("fuel").GetInt64() > 0);
        Assert.AreEqual(64, json.GetProperty("auditHead").GetString()!.Length);
    }

    [TestMethod]
    public void Consent_WithoutATerminal_IsRefused_WithWhatIsAskedAndHowToAccept()
    {
        var run = Invocation.Run("skills", "run", Skill("weather"), "acme.weather.today", "--trusted-publisher", "acme=" + Key);

        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "http.egress  https://api.weather.test:443/v1/");
        StringAssert.Contains(run.Error, "--accept " + Payload(Skill("weather")));
    }

    [TestMethod]
    public void Accept_OfAnotherPayload_IsRefused()
    {
        var run = Invocation.Run("skills", "run", Skill("text"), "acme.text.shout", "--trusted-publisher", "acme=" + Key, "--accept", new string('0', 64), "--json");

        Assert.AreEqual(2, run.ExitCode);
        Assert.AreEqual("consent.other-payload", JsonDocument.Parse(run.Output).RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    [DataRow("trouble", "acme.trouble.loop_forever", 3, "limit.fuel")]
    [DataRow("trouble", "acme.trouble.sleep", 3, "limit.time")]
    [DataRow("trouble", "acme.trouble.fail", 4, "guest.error")]
    [DataRow("trouble", "acme.trouble.quit", 4, "guest.exit")]
    [DataRow("weather", "acme.weather.anywhere", 3, "capability.denied")]
    [DataRow("text", "acme.text.crash", 3, "trap.abort")]
    [DataRow("text", "acme.text.other", 1, "usage.tool")]
    public void Failure_HasItsExitCodeAndCode(string name, string tool, int exitCode, string code)
    {
        var run = Run(name, tool, "--input", "https://evil.test/");
        Assert.AreEqual(exitCode, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, code);

        var json = JsonDocument.Parse(Run(name, tool, "--input", "https://evil.test/", "--json").Output).RootElement;
        Assert.AreEqual(code, json.GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    [DataRow("--map", "notes", "usage.map")]
    [DataRow("--secret", "global/X=plain", "usage.secret")]
    [DataRow("--resolve", "a=b", "usage.options")]
    [DataRow("--trusted-publisher", "acme", "usage.trusted-publisher")]
    public void Flag_OfAnotherForm_IsAUsageError(string flag, string value, string code)
    {
        var run = Run("text", "acme.text.shout", flag, value);

        Assert.AreEqual(1, run.ExitCode);
        StringAssert.StartsWith(run.Error, code);
    }

    [TestMethod]
    public void InputFile_IsInput_AndAddsNoOptions()
    {
        File.WriteAllText(In("input"), $"hello\n--trusted-publisher\nacme={Key}\n--accept\n{Payload(Skill("text"))}\n");

        Assert.AreEqual(2, Invocation.Run("skills", "run", Skill("text"), "acme.text.shout", "--input", "@" + In("input")).ExitCode);
        StringAssert.StartsWith(Run("text", "acme.text.shout", "--input", "@" + In("input")).Output, "HELLO");
        Assert.AreEqual(5, Run("text", "acme.text.shout", "--input", "@" + In("none")).ExitCode);
    }

    [TestMethod]
    [DataRow("skills", "run")]
    [DataRow("wasm", "run")]
    [DataRow("audit", "export")]
    public void UsageError_WithJson_IsJson(string noun, string verb)
    {
        var run = Invocation.Run(noun, verb, "--json");

        Assert.AreEqual(1, run.ExitCode);
        Assert.AreEqual("usage.arguments", JsonDocument.Parse(run.Output).RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    public void TamperedPackage_IsRefused()
    {
        var bytes = File.ReadAllBytes(Skill("text"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(In("tampered"), bytes);

        Assert.AreEqual(2, Invocation.Run("skills", "run", In("tampered"), "acme.text.shout", "--trusted-publisher", "acme=" + Key).ExitCode);
    }

    [TestMethod]
    public void MissingPackage_IsTheEnvironmentsFault() =>
        Assert.AreEqual(5, Invocation.Run("skills", "run", In("none"), "acme.text.shout").ExitCode);

    [TestMethod]
    public void MappedRoot_AndAudit_AreWhereTheFlagsSay()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories are mapped on Linux only");
        }

        Directory.CreateDirectory(In("notes"));
        Assert.AreEqual(0, Run("notes", "acme.notes.append", "--input", "one", "--map", "notes=" + In("notes"), "--audit", In("log")).ExitCode);
        Assert.AreEqual("one\n", File.ReadAllText(Path.Combine(In("notes"), "journal.txt")));

        var readOnly = Run("notes", "acme.notes.append", "--input", "two", "--map", $"notes={In("notes")}:ro", "--audit", In("log"));
        Assert.AreEqual(4, readOnly.ExitCode);
        StringAssert.Contains(readOnly.Error, "filesystem.write");
        var audit = Invocation.Run("audit", "verify", In("log"));
        Assert.AreEqual(0, audit.ExitCode, audit.Output);
    }

    [TestMethod]
    public void State_IsMadeByInitAlone_AndKeepsPinsAndLogs()
    {
        var missing = Invocation.Run("skills", "run", Skill("text"), "acme.text.shout", "--state", In("state"));
        Assert.AreEqual(2, missing.ExitCode);
        StringAssert.StartsWith(missing.Error, "state.missing");

        Assert.AreEqual(0, Invocation.Run("init", "--state", In("state")).ExitCode);
        StringAssert.Contains(Invocation.Run("init", "--state", In("state"), "--json").Output, "\"created\":false");
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(In("state")));
        }

        string[] run = ["skills", "run", Skill("text"), "acme.text.shout", "--input", "x", "--state", In("state"), "--accept", Payload(Skill("text"))];
        StringAssert.StartsWith(Invocation.Run(run).Error, "trust.unknown-publisher");
        Assert.AreEqual(0, Invocation.Run([.. run, "--allow-tofu"]).ExitCode);
        Assert.AreEqual(0, Invocation.Run(run).ExitCode);
        Assert.AreEqual(0, Invocation.Run("skills", "package", "verify", "--artifact", Skill("text"), "--state", In("state")).ExitCode);
        Assert.HasCount(3, Directory.GetFiles(Path.Combine(In("state"), "audit"), "*.jsonl"));
    }

    [TestMethod]
    public void TrustedPublisher_CountsForOneRun_AndIsNotKept()
    {
        Invocation.Run("init", "--state", In("state"));
        string[] run = ["skills", "run", Skill("text"), "acme.text.shout", "--state", In("state"), "--accept", Payload(Skill("text"))];

        Assert.AreEqual(0, Invocation.Run([.. run, "--trusted-publisher", "acme=" + Key]).ExitCode);
        Assert.AreEqual(2, Invocation.Run(run).ExitCode);
    }

    [TestMethod]
    public void Init_OverSomethingElse_IsRefused()
    {
        Directory.CreateDirectory(In("other"));
        File.WriteAllText(Path.Combine(In("other"), "x"), "");

        var run = Invocation.Run("init", "--state", In("other"));

        Assert.AreEqual(2, run.ExitCode);
        StringAssert.StartsWith(run.Error, "state.foreign");
    }
}
