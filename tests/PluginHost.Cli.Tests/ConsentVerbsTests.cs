using System.Text.Json;

namespace PluginHost.Cli.Tests;

/// <summary>Operators: policies that they sign, state directories that they answer for.</summary>
[TestClass]
public sealed class ConsentVerbsTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private static string Text { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill");

    private static string Payload { get; } = JsonDocument.Parse(
        Invocation.Run("skills", "package", "verify", "--artifact", Text, "--trusted-publisher", "acme=" + Key, "--json").Output).RootElement.GetProperty("payload_sha256").GetString()!;

    private static Invocation Run(params string[] more) => Invocation.Run(["skills", "run", Text, "acme.text.shout", "--input", "x", "--trusted-publisher", "acme=" + Key, .. more]);

    [TestMethod]
    public void SignedPolicy_Consents_AndMayForbidAccept()
    {
        var key = JsonDocument.Parse(Invocation.Run("keys", "generate", "--output", In("operator.pem"), "--no-passphrase", "--json").Output).RootElement.GetProperty("public_key").GetString()!;
        File.WriteAllText(In("policy.toml"), $"schema = 1\n[consent]\naccept = [\"{Payload}\"]\nforbid_accept_flag = true\n");
        Assert.AreEqual(2, Run("--policy", In("policy.toml"), "--operator-key", key).ExitCode, "not signed yet");

        var signed = Invocation.Run("policy", "sign", In("policy.toml"), "--key", In("operator.pem"));
        Assert.AreEqual(0, signed.ExitCode, signed.Error);
        var run = Run("--policy", In("policy.toml"), "--operator-key", key);
        Assert.AreEqual((0, "X"), (run.ExitCode, run.Output.TrimEnd()));
        StringAssert.StartsWith(Run("--policy", In("policy.toml")).Error, "state.policy");
        StringAssert.StartsWith(Run("--policy", In("policy.toml"), "--operator-key", Key).Error, "state.policy");
        StringAssert.StartsWith(Run("--policy", In("policy.toml"), "--operator-key", key, "--accept", Payload).Error, "consent.accept-forbidden");
        Assert.AreEqual(1, Run("--policy", In("policy.toml"), "--operator-key", "12").ExitCode);
    }

    [TestMethod]
    public async Task RecordedConsents_AreListed_AndTakenBackOnRecord()
    {
        Invocation.Run("init", "--state", In("state"));
        var options = new SkillHostOptions { StateDirectory = In("state"), TrustedPublishers = { ["acme"] = [Key] }, Consent = (_, _) => ValueTask.FromResult(ConsentDecision.AcceptFor(ConsentScope.Always, "ann")) };
        await using (var host = SkillHost.Create(options))
        {
            host.LoadSkill(Text);
        }

        StringAssert.Contains(Invocation.Run("consent", "list", "--state", In("state")).Output, "by ann");
        Assert.AreEqual(0, Run("--state", In("state")).ExitCode, "nobody is asked");
        Assert.AreEqual("{\"schema_version\":1,\"revoked\":1}", Invocation.Run("consent", "revoke", "acme.text", "--state", In("state"), "--json").Output.TrimEnd());
        Assert.AreEqual(2, Run("--state", In("state")).ExitCode);
        StringAssert.Contains(Invocation.Run("consent", "list", "acme.text", "--state", In("state")).Output, "taken back");
        StringAssert.Contains(Invocation.Run("audit", "query", "--state", In("state"), "--type", "consent").Output, "revoke");
        Assert.AreEqual(0, Invocation.Run("audit", "verify", "--state", In("state")).ExitCode);
    }

    [TestMethod]
    public void PolicyThatBreaksARule_IsNotSigned()
    {
        Invocation.Run("keys", "generate", "--output", In("operator.pem"), "--no-passphrase");
        File.WriteAllText(In("policy.toml"), "schema = 2\n");

        Assert.AreEqual(2, Invocation.Run("policy", "sign", In("policy.toml"), "--key", In("operator.pem")).ExitCode);
        Assert.IsFalse(File.Exists(In("policy.toml.dsse")));
        Assert.AreEqual(5, Invocation.Run("policy", "sign", In("none.toml"), "--key", In("operator.pem")).ExitCode);
        Assert.AreEqual(2, Invocation.Run("policy", "sign", In("policy.toml"), "--key", In("policy.toml")).ExitCode);
    }

    [TestMethod]
    public void StateThatItsAnchorRefuses_IsAdoptedByAnOperator()
    {
        string[] run = ["--state", In("state"), "--anchor", In("anchor"), "--accept", Payload];
        Invocation.Run("init", "--state", In("state"));
        Assert.AreEqual(0, Run(run).ExitCode);
        Directory.Delete(In("state"), recursive: true);
        Invocation.Run("init", "--state", In("state"));

        var refused = Run(run);
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.StartsWith(refused.Error, "state.foreign");
        Assert.AreEqual(1, Invocation.Run("state", "adopt", "--state", In("state"), "--anchor", In("anchor"), "--reason", " ").ExitCode);
        Assert.AreEqual(0, Invocation.Run("state", "adopt", "--state", In("state"), "--anchor", In("anchor"), "--reason", "the disk was lost", "--json").ExitCode);
        Assert.AreEqual(0, Run(run).ExitCode);
        StringAssert.Contains(Invocation.Run("audit", "query", "--state", In("state"), "--type", "lifecycle").Output, "state-adopted");
    }
}
