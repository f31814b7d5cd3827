using System.Text.Json.Nodes;

namespace PluginHost.Cli.Tests;

/// <summary>Verbs that tell what something is.</summary>
[TestClass]
public sealed class SmallVerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("verbs").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [TestMethod]
    public void KeysShow_TellsWhatGenerateTold()
    {
        var (file, secret) = (Path.Combine(_folder, "key.pem"), Write("pass", "horse"));
        var made = JsonNode.Parse(Invocation.Run("keys", "generate", "--output", file, "--passphrase", "file:" + secret, "--json").Output)!;

        var shown = JsonNode.Parse(Invocation.Run("keys", "show", file, "--passphrase", "file:" + secret, "--json").Output)!;

        Assert.AreEqual((made["key_id"]!.ToString(), made["public_key"]!.ToString()), (shown["key_id"]!.ToString(), shown["public_key"]!.ToString()));
        Assert.AreEqual(2, Invocation.Run("keys", "show", file, "--passphrase", "file:" + Write("other", "cow")).ExitCode);
        Assert.AreEqual(2, Invocation.Run("keys", "show", Write("none.pem", "no key")).ExitCode);
        Assert.AreEqual(5, Invocation.Run("keys", "show", Path.Combine(_folder, "nowhere")).ExitCode);
    }

    [TestMethod]
    public void Version_IsTheSame_WhoeverTellsIt()
    {
        var output = new StringWriter();
        Assert.AreEqual(0, ProductVersion.Write(output));
        Assert.AreEqual(Invocation.Run("--version").Output, output.ToString());
    }

    [TestMethod]
    public void PolicyCheck_SaysWhetherAHostWouldTakeIt()
    {
        var good = Write("good.toml", "schema = 1\n[limits]\nconcurrent_loads = 3\n");
        var run = Invocation.Run("policy", "check", good);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsNull(JsonNode.Parse(Invocation.Run("policy", "check", good, "--json").Output)!["signed_by"]);

        foreach (var wrong in new[] { "schema = 2", "schema = 1\n[limits]\nconcurrent_loads = 0", "schema = 1\nunheard = true", "no toml" })
        {
            var refused = Invocation.Run("policy", "check", Write("wrong.toml", wrong), "--json");
            Assert.AreEqual((2, "state.policy"), (refused.ExitCode, JsonNode.Parse(refused.Output)!["error"]!["code"]!.ToString()), wrong);
        }

        Assert.AreEqual(5, Invocation.Run("policy", "check", Path.Combine(_folder, "nowhere")).ExitCode);
    }

    [TestMethod]
    public void PolicyCheck_WithAKey_DemandsItsSignature()
    {
        var (policy, file) = (Write("policy.toml", "schema = 1\n"), Path.Combine(_folder, "ops.pem"));
        var key = JsonNode.Parse(Invocation.Run("keys", "generate", "--output", file, "--no-passphrase", "--json").Output)!;
        var publicKey = key["public_key"]!.ToString();

        Assert.AreEqual(2, Invocation.Run("policy", "check", policy, "--operator-key", publicKey).ExitCode);
        Invocation.Run("policy", "sign", policy, "--key", file);
        var signed = JsonNode.Parse(Invocation.Run("policy", "check", policy, "--operator-key", publicKey, "--json").Output)!;

        Assert.AreEqual(key["key_id"]!.ToString(), signed["signed_by"]!.ToString());
        Assert.AreEqual(1, Invocation.Run("policy", "check", policy, "--operator-key", "xyz").ExitCode);
    }

    private static Dictionary<string, string> Doctor(int exitCode, params string[] arguments)
    {
        var run = Invocation.Run(["doctor", .. arguments, "--json"]);
        Assert.AreEqual(exitCode, run.ExitCode, run.Output + run.Error);
        return JsonNode.Parse(run.Output)!["checks"]!.AsArray().ToDictionary(check => check!["check_id"]!.ToString(), check => check!["status"]!.ToString());
    }

    [TestMethod]
    public void Doctor_FindsNothingInAStateThatIsWhole_ButTheOperatorThatIsMissing()
    {
        var state = Path.Combine(_folder, "state");
        Assert.AreEqual("fail", Doctor(2, "--state", state)["state"]);
        Invocation.Run("init", "--state", state);

        var found = Doctor(0, "--state", state);

        Assert.AreEqual("runtime ok, engine ok, state ok, trust warn, library ok, audit ok", string.Join(", ", found.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    [TestMethod]
    [DataRow("lifecycle/journal.jsonl", "library")]
    [DataRow("trust/trust-store.json", "trust")]
    [DataRow("skills/installed-index.json", "library")]
    public void Doctor_FindsWhatWasTamperedWith(string file, string check)
    {
        var state = Path.Combine(_folder, "state");
        Invocation.Run("init", "--state", state);
        Invocation.Run("trust", "add", "acme=37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa", "--reason", "test", "--state", state);
        Invocation.Run("skills", "install", "--artifact", Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill"), "--state", state);
        Assert.AreEqual("ok", Doctor(0, "--state", state)[check] is "warn" ? "ok" : Doctor(0, "--state", state)[check]);
        File.WriteAllText(Path.Combine(state, file), "{}");

        Assert.AreEqual("fail", Doctor(2, "--state", state)[check]);
        StringAssert.Contains(Invocation.Run("doctor", "--state", state).Output, "next: ");
    }

    [TestMethod]
    public void Doctor_LooksAtThePolicy() => Assert.AreEqual("fail", Doctor(2, "--state", Path.Combine(_folder, "x"), "--policy", Write("wrong.toml", "schema = 2"))["policy"]);

    [TestMethod]
    public void OutputToALink_WritesWhatItLeadsTo_AndADeviceStaysOne()
    {
        var folder = Directory.CreateTempSubdirectory("output-").FullName;
        try
        {
            var (file, link) = (Path.Combine(folder, "file"), Path.Combine(folder, "link"));
            File.WriteAllText(file, "before");
            File.CreateSymbolicLink(link, file);
            OutputFile.Write(link, "after"u8.ToArray());
            Assert.AreEqual("after", File.ReadAllText(file));
            Assert.AreEqual(file, new FileInfo(link).LinkTarget);
            if (OperatingSystem.IsLinux())
            {
                Assert.AreEqual("environment.file", Assert.ThrowsExactly<CommandError>(() => OutputFile.Write("/dev/full", [1])).Code, "which takes nothing");
                OutputFile.Write("/dev/null", [1]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
