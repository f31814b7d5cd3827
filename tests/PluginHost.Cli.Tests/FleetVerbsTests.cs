using System.Text.Json.Nodes;
using PluginHost.Tests.Fleets;

namespace PluginHost.Cli.Tests;

/// <summary>The verbs on a state that a fleet shares.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FleetVerbsTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet").FullName;
    private readonly TestDatabase _database = new();

    public FleetVerbsTests()
    {
        File.WriteAllText(Path.Combine(_folder, "connection"), _database.ConnectionString + "\n");
        Assert.AreEqual(0, Invocation.Run("init", "--state", State("a"), "--postgresql", Source).ExitCode);
        Assert.AreEqual(0, Invocation.Run("init", "--state", State("b"), "--postgresql", Source).ExitCode);
    }

    private static string Text { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill");

    private string Source => "file:" + Path.Combine(_folder, "connection");

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string State(string machine) => Path.Combine(_folder, machine);

    private (int ExitCode, JsonNode Json) On(string machine, params string[] arguments)
    {
        var run = Invocation.Run([.. arguments, "--state", State(machine), "--postgresql", Source, "--json"]);
        return (run.ExitCode, JsonNode.Parse(run.Output)!);
    }

    [TestMethod]
    public void WhatOneMachineDecides_CountsOnTheOther()
    {
        Assert.AreEqual(0, On("a", "trust", "add", "acme=" + Key, "--reason", "test").ExitCode);
        StringAssert.Contains(On("b", "trust", "list").Json.ToJsonString(), Key);
        var payload = (string?)On("a", "skills", "install", "--artifact", Text).Json["payload_sha256"];
        Assert.AreEqual("acme.text", (string?)On("b", "skills", "list").Json["entries"]![0]!["skill_id"]);

        // The other machine joins the installation with a copy of its own.
        Assert.AreEqual(0, On("b", "skills", "install", "--artifact", Text).ExitCode);
        Assert.AreEqual(0, On("b", "skills", "run", "acme.text", "acme.text.shout", "--input", "hi", "--accept", payload!).ExitCode);
        Assert.AreEqual(0, On("b", "skills", "verify", "acme.text").ExitCode);
        Assert.AreEqual(0, On("b", "skills", "audit", "acme.text").ExitCode);
        Assert.AreEqual(0, On("b", "skills", "info", "acme.text").ExitCode);

        Assert.AreEqual("ready", (string?)On("b", "skills", "check").Json["results"]![0]!["status"]);
        Assert.AreEqual("ready", (string?)On("b", "skills", "check", "--quarantine").Json["results"]![0]!["status"]);

        Assert.AreEqual(0, On("a", "skills", "quarantine", "acme.text", "--reason", "test").ExitCode);
        Assert.AreEqual("policy.quarantined", (string?)On("b", "skills", "run", "acme.text", "acme.text.shout", "--accept", payload!).Json["error"]!["code"]);
    }

    [TestMethod]
    public void Check_OfOneMachine_QuarantinesForAll_WhatIsWrong_AndNothingForItsOwnCopy()
    {
        On("a", "trust", "add", "acme=" + Key, "--reason", "test");
        On("a", "skills", "install", "--artifact", Text);
        On("b", "skills", "install", "--artifact", Text);
        File.AppendAllText(Path.Combine(State("b"), "skills", "acme.text", "1.0.0", "artifact.palyra-skill"), "x");
        Assert.AreEqual("unknown", (string?)On("b", "skills", "check", "--quarantine").Json["results"]![0]!["status"]);
        Assert.AreEqual("ready", (string?)On("a", "skills", "check").Json["results"]![0]!["status"]);

        On("b", "trust", "revoke", "--key", Key, "--reason", "stolen");
        var found = On("a", "skills", "check", "--quarantine").Json["results"]![0]!;
        Assert.AreEqual(("failed", true), ((string?)found["status"], (bool)found["quarantined"]!));
        StringAssert.Contains(On("b", "skills", "list").Json.ToJsonString(), "\"status\":\"quarantined\"");
    }

    [TestMethod]
    public void TrustOfTheFleet_IsReplacedInTheDatabase()
    {
        On("a", "trust", "add", "acme=" + Key, "--reason", "test");
        Assert.AreEqual(0, On("a", "trust", "init", "--reason", "alarm").ExitCode);
        Assert.DoesNotContain(Key, On("b", "trust", "list").Json.ToJsonString());
    }

    [TestMethod]
    public void StateOfAFleet_IsOpenedNoOtherWay()
    {
        On("a", "trust", "add", "acme=" + Key, "--reason", "test");
        foreach (var verb in new[] { new[] { "trust", "add", "evil=" + Key, "--reason", "test" }, ["skills", "list"], ["trust", "list"], ["skills", "package", "verify", "--artifact", Text], ["skills", "install", "--artifact", Text], ["skills", "run", Text, "acme.text.shout"] })
        {
            var run = Invocation.Run([.. verb, "--state", State("a"), "--json"]);
            Assert.AreEqual(2, run.ExitCode, string.Join(' ', verb));
            StringAssert.StartsWith((string?)JsonNode.Parse(run.Output)!["error"]!["code"], "state.", string.Join(' ', verb));
        }
    }

    [TestMethod]
    public void DatabaseThatIsNotThere_IsRefused()
    {
        File.WriteAllText(Path.Combine(_folder, "connection"), "Host=/nowhere;Username=x;Database=y");
        Assert.AreEqual(2, On("a", "trust", "list").ExitCode);
        Assert.AreEqual(2, On("a", "skills", "install", "--artifact", Text).ExitCode);
        Assert.AreEqual(1, Invocation.Run("trust", "list", "--state", State("a"), "--postgresql", "Host=db;Password=secret").ExitCode, "a password does not belong on the command line");
    }

    [TestMethod]
    public void WhatIsTooLarge_StaysInTheDatabase()
    {
        On("a", "trust", "add", "acme=" + Key, "--reason", "test");
        On("a", "skills", "install", "--artifact", Text);
        _database.Execute("insert into pluginhost.journal select max(seq) + 1, decode(repeat('41', 70000), 'hex') from pluginhost.journal");
        Assert.AreEqual("state.journal", (string?)On("b", "skills", "list").Json["error"]!["code"]);
        _database.Execute("update pluginhost.documents set content = decode(repeat('41', 40000000), 'hex') where name = 'ledger'");
        Assert.AreEqual("state.trust-store", (string?)On("b", "trust", "list").Json["error"]!["code"]);
    }
}
