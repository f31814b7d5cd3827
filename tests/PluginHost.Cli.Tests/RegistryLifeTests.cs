using System.Text.Json;
using PluginHost.Tests;

namespace PluginHost.Cli.Tests;

/// <summary>The life of a registry from the command line: begun, filled, looked at, followed, and what it takes back.</summary>
[TestClass]
public sealed class RegistryLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RegistryLifeTests()
    {
        foreach (var (name, seed) in new[] { ("registry.key", 71), ("log.key", 72) })
        {
            File.WriteAllBytes(_folder[name], [.. Enumerable.Repeat((byte)seed, 32)]);
        }

        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "test-key.pem"), _folder["author"]);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "orders.palyra-skill"), _folder["orders.palyra-skill"]);
    }

    private string[] Keys => ["--key", _folder["registry.key"], "--log-key", _folder["log.key"]];

    public void Dispose() => _folder.Dispose();

    private static JsonElement Run(int exitCode, params string[] arguments)
    {
        var run = Invocation.Run([.. arguments, "--json"]);
        Assert.AreEqual(exitCode, run.ExitCode, run.Output + run.Error);
        return JsonDocument.Parse(run.Output.Length > 0 ? run.Output : run.Error).RootElement;
    }

    [TestMethod]
    public void Registry_IsBegun_Filled_Followed_AndTakesBack()
    {
        var registry = _folder["registry"];
        var begun = Run(0, ["registry", "init", registry, "--name", "test", "--log-origin", "registry.example/log", .. Keys]);
        var key = begun.GetProperty("key").GetString()!;
        File.WriteAllText(_folder["logs"], $"log {begun.GetProperty("log").GetString()}\nquorum none\n");
        File.WriteAllText(_folder["policy.toml"], $"schema = 1\n[chain]\nlog_policy = \"{_folder["logs"]}\"\n");

        Assert.AreEqual("registry.unreleased", Run(2, ["registry", "publish", registry, _folder["orders.palyra-skill"], "--new-publisher", .. Keys]).GetProperty("error").GetProperty("code").GetString());
        Run(0, "attest", "author", _folder["orders.palyra-skill"], "--key", _folder["author"]);
        var published = Run(0, ["registry", "publish", registry, _folder["orders.palyra-skill"], "--new-publisher", .. Keys]);
        Assert.AreEqual(("acme.orders", 1), (published.GetProperty("skill_id").GetString(), published.GetProperty("logged").GetInt32()));
        Run(0, ["registry", "publish", registry, .. Keys]);
        Assert.AreEqual(0, Run(0, "registry", "audit", registry).GetProperty("faults").GetInt32());

        var state = _folder["state"];
        Run(0, "init", "--state", state);
        Run(0, "trust", "registry", "add", $"{new Uri(registry + "/").AbsoluteUri}={key}", "--state", state, "--reason", "test");
        string[] place = ["--registry-mirror", registry, "--state", state, "--policy", _folder["policy.toml"]];
        Assert.AreEqual("acme.orders", Run(0, ["skills", "search", "orders", .. place]).GetProperty("offers")[0].GetProperty("skill_id").GetString());
        Run(0, ["skills", "install", "--skill-id", "acme.orders", "--allow-tofu", .. place]);
        var fresh = Run(0, ["registry", "sync", .. place]);
        Assert.AreEqual((false, 1, 1L), (fresh.GetProperty("stale").GetBoolean(), fresh.GetProperty("offered").GetInt32(), fresh.GetProperty("log_size").GetInt64()));

        Run(0, ["registry", "yank", registry, "acme.orders", published.GetProperty("version").GetString()!, "--reason", "it steals", "--kill", .. Keys]);
        var killed = Run(2, ["registry", "sync", .. place]);
        StringAssert.Contains(killed.GetProperty("quarantined")[0].GetString(), "it steals");
        Assert.AreEqual("policy.quarantined", Run(2, "skills", "install", "--artifact", _folder["orders.palyra-skill"], "--allow-tofu", "--state", state).GetProperty("error").GetProperty("code").GetString());
        Run(0, "registry", "audit", registry);
    }

    [TestMethod]
    public void Publish_ToNobody_SaysThatItIsTheNetwork()
    {
        var refused = Run(5, "registry", "publish", "http://127.0.0.1:9", _folder["orders.palyra-skill"], "--key", _folder["author"]);

        Assert.AreEqual("environment.network", refused.GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    public void Registry_ThatSomebodyEdited_FailsItsAudit()
    {
        var registry = _folder["registry"];
        Run(0, ["registry", "init", registry, "--name", "test", "--log-origin", "registry.example/log", .. Keys]);
        Run(0, "attest", "author", _folder["orders.palyra-skill"], "--key", _folder["author"]);
        Run(0, ["registry", "publish", registry, _folder["orders.palyra-skill"], "--new-publisher", .. Keys]);
        File.AppendAllText(Directory.EnumerateFiles(Path.Combine(registry, "packages"), "*.palyra-skill", SearchOption.AllDirectories).Single(), "x");

        StringAssert.Contains(Run(2, "registry", "audit", registry).GetProperty("findings")[0].GetProperty("message").GetString(), "another file");
        File.WriteAllText(Path.Combine(registry, "index.json"), "{}");
        Assert.AreEqual("registry.form", Run(2, "registry", "audit", registry).GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    public void Registry_IsNamedOnce()
    {
        foreach (var arguments in new[] { new[] { "skills", "search" }, ["registry", "sync"], ["skills", "search", "--registry-mirror", "a", "--registry-url", "https://b.example"] })
        {
            Run(0, "init", "--state", _folder["state"]);
            Assert.AreEqual("usage.registry", Run(1, [.. arguments, "--state", _folder["state"]]).GetProperty("error").GetProperty("code").GetString());
        }
    }
}
