using System.Text.Json;

namespace PluginHost.Cli.Tests;

/// <summary>What can be asked of audit logs afterwards.</summary>
[TestClass]
public sealed class AuditVerbsTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;

    public AuditVerbsTests()
    {
        Invocation.Run("init", "--state", State);
        Call("text", "acme.text.shout");
        Call("weather", "acme.weather.today");
    }

    private string State => In("state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private void Call(string skill, string tool)
    {
        var package = Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", skill + ".palyra-skill");
        var payload = JsonDocument.Parse(Invocation.Run("skills", "package", "verify", "--artifact", package, "--trusted-publisher", "acme=" + Key, "--json").Output)
            .RootElement.GetProperty("payload_sha256").GetString()!;
        Invocation.Run("skills", "run", package, tool, "--input", "x", "--state", State, "--trusted-publisher", "acme=" + Key, "--accept", payload);
    }

    private List<JsonElement> Query(params string[] flags) => [.. Invocation.Run(["audit", "query", "--state", State, "--json", .. flags]).Output
        .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    [TestMethod]
    public void Query_TellsWhatASkillTouched_AndWhoAllowedIt()
    {
        Assert.IsTrue(Query("--skill", "acme.text").TrueForAll(record => record.GetProperty("skill").GetString() == "acme.text"));
        Assert.HasCount(1, Query("--skill", "acme.text", "--type", "call"));
        Assert.HasCount(2, Query("--type", "consent"));
        var demand = Query("--tool", "acme.weather.today", "--type", "demand").First();
        Assert.AreEqual("http.egress", demand.GetProperty("capability").GetString());
        CollectionAssert.AreEqual(
            new[] { "demand", "done" },
            Query("--capability", "http.egress", "--text", "api.weather.test").Select(record => record.GetProperty("type").GetString()).ToArray());
        Assert.HasCount(0, Query("--since", "2099-01"));
        Assert.HasCount(Query().Count, Query("--since", "2020-01-01", "--until", "2099-12-31"));
        var table = Invocation.Run("audit", "query", "--state", State, "--capability", "http.egress").Output;
        StringAssert.Contains(table, "https://api.weather.test:443/");
        StringAssert.Contains(table, "audit verify");
        Assert.AreEqual(1, Invocation.Run("audit", "query", "--state", State, "--since", "yesterday").ExitCode);
    }

    [TestMethod]
    public void Tail_ShowsTheLastRecords()
    {
        var lines = Invocation.Run("audit", "tail", "--state", State, "--lines", "3", "--json").Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.HasCount(3, lines);
        Assert.AreEqual("checkpoint", JsonDocument.Parse(lines[^1]).RootElement.GetProperty("type").GetString());
    }

    [TestMethod]
    public async Task Tail_FollowsWhatComes_UntilItIsInterrupted()
    {
        var log = Directory.GetFiles(Path.Combine(State, "audit"), "*.jsonl")[0];
        using var stop = new CancellationTokenSource();
        var text = new StringWriter();
        var output = TextWriter.Synchronized(text);
        var tail = Task.Run(() => CommandLine.RunAsync(["audit", "tail", log, "--lines", "0", "--follow", "--type", "call"], new() { Output = output, ProcessTerminationTimeout = null }, stop.Token));
        await Task.Delay(300);
        var record = File.ReadLines(log).First(line => line.Contains("\"type\":\"call\"", StringComparison.Ordinal));
        File.AppendAllText(log, record[..20]);
        await Task.Delay(300);
        File.AppendAllText(log, record[20..] + "\n");
        for (var i = 0; i < 100 && text.ToString().Length == 0; i++)
        {
            await Task.Delay(50);
        }

        stop.Cancel();
        Assert.AreEqual(0, await tail.WaitAsync(TimeSpan.FromSeconds(10)));
        StringAssert.Contains(text.ToString(), "  call ");
    }

    [TestMethod]
    public void Verify_OfAWholeState_FindsALogThatIsMissing()
    {
        Assert.AreEqual(0, Invocation.Run("audit", "verify", "--state", State).ExitCode);
        File.Delete(Directory.GetFiles(Path.Combine(State, "audit"), "*.jsonl").MinBy(File.GetLastWriteTimeUtc)!);

        var run = Invocation.Run("audit", "verify", "--state", State);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Output, "which is missing");
    }

    [TestMethod]
    public void Verify_WithTheHostsKeyAndAKeptCheckpoint_ProvesWhatTheyProve()
    {
        var log = Directory.GetFiles(Path.Combine(State, "audit"), "*.jsonl").MinBy(File.GetLastWriteTimeUtc)!;
        File.Copy(log + ".checkpoint", In("kept"));

        Assert.AreEqual(0, Invocation.Run("audit", "verify", log, "--checkpoint", In("kept")).ExitCode);
        Assert.AreEqual(2, Invocation.Run("audit", "verify", log, "--key", Key).ExitCode);
        File.WriteAllLines(log, File.ReadLines(log).Take(2).ToList());
        Assert.AreEqual(0, Invocation.Run("audit", "verify", log).ExitCode);
        Assert.AreEqual(2, Invocation.Run("audit", "verify", log, "--checkpoint", In("kept")).ExitCode);
        Assert.AreEqual(1, Invocation.Run("audit", "verify", log, "--checkpoint", log).ExitCode);
        File.Copy(log, In("other.jsonl"));
        StringAssert.StartsWith(Invocation.Run("audit", "verify", In("other.jsonl"), "--checkpoint", In("kept")).Error, "state.audit-checkpoint");
    }

    [TestMethod]
    public void Export_WritesAPageWithoutScripts_AndJsonLines()
    {
        var page = Invocation.Run("audit", "export", "--state", State, "--output", In("report.html"));
        Assert.AreEqual(0, page.ExitCode, page.Error);
        var html = File.ReadAllText(In("report.html"));
        StringAssert.Contains(html, "acme.weather");
        Assert.IsFalse(html.Contains("<script", StringComparison.OrdinalIgnoreCase));
        Assert.IsFalse(html.Contains("http-equiv=\"refresh", StringComparison.OrdinalIgnoreCase));
        StringAssert.Contains(html, "default-src 'none'");

        Assert.AreEqual(0, Invocation.Run("audit", "export", "--state", State, "--output", In("records.jsonl"), "--skill", "acme.text").ExitCode);
        Assert.HasCount(Query("--skill", "acme.text").Count, File.ReadAllLines(In("records.jsonl")));
        Assert.AreEqual(5, Invocation.Run("audit", "export", "--state", State, "--output", In("records.jsonl")).ExitCode, "what is there stays");
        Assert.AreEqual(1, Invocation.Run("audit", "export", "--state", State, "--output", In("x.pdf")).ExitCode);
    }

    [TestMethod]
    public void Texts_OfAnAttacker_AreEscaped_InTablesAndPages()
    {
        const string evil = "<img src=x onerror=alert(1)>\u202e\u001b[2J";
        File.WriteAllText(In("log.jsonl"), JsonSerializer.Serialize(new { v = 1, seq = 1, time = "2026-07-01T00:00:00.000000Z", type = "demand", skill = evil, capability = "http.egress", resource = evil, decision = "deny", rule = evil }) + "\n");

        var table = Invocation.Run("audit", "query", In("log.jsonl")).Output;
        Assert.IsFalse(table.Contains('\u202e', StringComparison.Ordinal) || table.Contains('\u001b', StringComparison.Ordinal));
        Assert.AreEqual(0, Invocation.Run("audit", "export", In("log.jsonl"), "--output", In("evil.html")).ExitCode);
        var html = File.ReadAllText(In("evil.html"));
        Assert.IsFalse(html.Contains("<img", StringComparison.Ordinal) || html.Contains('\u202e', StringComparison.Ordinal));
        StringAssert.Contains(html, "TAMPERING FOUND");
    }
}
