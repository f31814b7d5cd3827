using System.Text.Json;
using PluginHost.Tests;
using PluginHost.Tests.Fleets;

namespace PluginHost.Cli.Tests;

/// <summary>A registry in a database: the same verbs, and the same answers.</summary>
[TestClass]
public sealed class RegistryDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static JsonElement Run(int exitCode, params string[] arguments)
    {
        var run = Invocation.Run([.. arguments, "--json"]);
        Assert.AreEqual(exitCode, run.ExitCode, run.Output + run.Error);
        return JsonDocument.Parse(run.Output.Length > 0 ? run.Output : run.Error).RootElement;
    }

    [TestMethod]
    public void Registry_LivesInADatabase()
    {
        using var database = new TestDatabase();
        File.WriteAllText(_folder["connection"], database.ConnectionString);
        File.WriteAllBytes(_folder["registry.key"], [.. Enumerable.Repeat((byte)71, 32)]);
        File.WriteAllBytes(_folder["log.key"], [.. Enumerable.Repeat((byte)72, 32)]);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "orders.palyra-skill"), _folder["orders.palyra-skill"]);
        string[] place = ["--postgresql", $"file:{_folder["connection"]}"];
        string[] keys = ["--key", _folder["registry.key"], "--log-key", _folder["log.key"], .. place];

        Run(0, ["registry", "init", "main", "--name", "test", "--log-origin", "registry.example/log", .. keys]);
        Assert.AreEqual("registry.exists", Run(2, ["registry", "init", "main", "--name", "test", "--log-origin", "registry.example/log", .. keys]).GetProperty("error").GetProperty("code").GetString());
        Run(0, "attest", "author", _folder["orders.palyra-skill"], "--key", Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "test-key.pem"));
        Assert.AreEqual(1, Run(0, ["registry", "publish", "main", _folder["orders.palyra-skill"], "--new-publisher", .. keys]).GetProperty("packages").GetInt32());
        Run(0, ["registry", "yank", "main", "acme.orders", "1.0.0", "--reason", "old", "--advise", .. keys]);
        var audited = Run(0, ["registry", "audit", "main", .. place]);
        Assert.AreEqual((1, 1, 0), (audited.GetProperty("packages").GetInt32(), audited.GetProperty("advisories").GetInt32(), audited.GetProperty("faults").GetInt32()));
        Assert.AreEqual("registry.form", Run(2, ["registry", "audit", "other", .. place]).GetProperty("error").GetProperty("code").GetString());
    }
}
