using System.Text.Json.Nodes;

namespace PluginHost.Cli.Tests;

/// <summary>What a policy forbids to whoever uses the command line.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PolicyFlagTests : IDisposable
{
    private const string Variable = "PLUGINHOST_POLICY";
    private readonly string _folder = Directory.CreateTempSubdirectory("policy").FullName;

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    private string Policy
    {
        get
        {
            var path = Path.Combine(_folder, "policy.toml");
            File.WriteAllText(path, "schema = 1\n[command_line]\nforbid_first_use_flag = true\nforbid_bare_modules = true\n");
            return path;
        }
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    private static string Code(Invocation run) => JsonNode.Parse(run.Output)!["error"]!["code"]!.ToString();

    [TestMethod]
    public void BareModules_AreForbidden()
    {
        var module = Fixture("as-text/text.wasm");
        Assert.AreEqual(0, Invocation.Run("wasm", "run", module, "--invoke", "shout", "--input", "a").ExitCode);

        var run = Invocation.Run("wasm", "run", module, "--invoke", "shout", "--input", "a", "--policy", Policy, "--json");
        Assert.AreEqual((2, "policy.bare-modules"), (run.ExitCode, Code(run)));
        var suggested = Invocation.Run("skills", "suggest-manifest", module, "--invoke", "shout", "--policy", Policy);
        Assert.AreEqual((2, ""), (suggested.ExitCode, suggested.Output));
    }

    [TestMethod]
    public void FirstUse_IsForbidden_WhereverItIsAskedFor()
    {
        var package = Fixture("skills/text.palyra-skill");
        foreach (var line in new[] { $"skills run {package} acme.text.shout", $"skills package verify --artifact {package}", $"skills audit --artifact {package}" })
        {
            var run = Invocation.Run([.. line.Split(' '), "--allow-tofu", "--policy", Policy, "--json"]);
            Assert.AreEqual((2, "trust.first-use-forbidden"), (run.ExitCode, Code(run)), line);
        }
    }

    [TestMethod]
    public void PolicyThatIsNamed_DoesNotLiftWhatTheStandingOneForbids()
    {
        Environment.SetEnvironmentVariable(Variable, Policy);
        File.WriteAllText(Path.Combine(_folder, "other.toml"), "schema = 1\n");
        Assert.AreEqual("policy.bare-modules", Code(Invocation.Run("wasm", "run", Fixture("as-text/text.wasm"), "--invoke", "shout", "--policy", Path.Combine(_folder, "other.toml"), "--json")));
    }

    [TestMethod]
    public void Variable_NamesThePolicyOfEveryVerb()
    {
        var module = Fixture("as-text/text.wasm");
        Environment.SetEnvironmentVariable(Variable, Policy);
        Assert.AreEqual("policy.bare-modules", Code(Invocation.Run("wasm", "run", module, "--invoke", "shout", "--json")));

        Environment.SetEnvironmentVariable(Variable, "policy.toml");
        Assert.AreEqual("usage.policy", Code(Invocation.Run("wasm", "run", module, "--invoke", "shout", "--json")));

        Environment.SetEnvironmentVariable(Variable, Path.Combine(_folder, "nowhere"));
        Assert.AreEqual("state.policy", Code(Invocation.Run("wasm", "run", module, "--invoke", "shout", "--json")));
    }
}
