using System.IO.Compression;
using System.Text.Json.Nodes;

namespace PluginHost.Cli.Tests;

/// <summary>Every verb's <c>--json</c> is described in <c>docs/schemas/cli</c>, and what it prints is what is described there: <see cref="Invocation.Run"/> looks at each.</summary>
[TestClass]
public sealed class PublishedJsonTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";

    /// <summary>They print records as they stand, or something that is no JSON.</summary>
    private static readonly string[] Others = ["audit-query", "audit-tail", "complete", "completion", "log-witness", "mcp-serve", "registry-serve"];

    private readonly string _folder = Directory.CreateTempSubdirectory("json").FullName;

    private static string Text { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill");

    private string State => In("state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private static JsonNode Run(params string[] arguments)
    {
        var run = Invocation.Run([.. arguments, "--json"]);
        Assert.AreEqual(0, run.ExitCode, $"{string.Join(' ', arguments)}: {run.Output}{run.Error}");
        return JsonNode.Parse(run.Output)!;
    }

    private JsonNode OnState(params string[] arguments) => Run([.. arguments, "--state", State]);

    private JsonNode Decide(params string[] arguments) => OnState([.. arguments, "--reason", "test"]);

    [TestMethod]
    public void EveryVerb_HasASchema_AndEverySchemaAVerb()
    {
        var schemas = Directory.EnumerateFiles(PublishedJson.Folder).Select(file => Path.GetFileName(file).Replace(".schema.json", "", StringComparison.Ordinal)).Where(name => name != "error");
        CollectionAssert.AreEquivalent(CommandLine.Verbs.Except(Others).ToList(), schemas.ToList());
    }

    [TestMethod]
    public void Trust_Keys_AndPolicies()
    {
        Run("init", "--state", State);
        var (one, other) = (Generate("a.pem"), Generate("b.pem"));
        Decide("trust", "add", "acme=" + Key);
        Decide("trust", "pin", "beta=" + one);
        Decide("trust", "rotate", "beta=" + other);
        OnState("trust", "export", "--output", In("store.json"));
        Decide("trust", "import", In("store.json"));
        Decide("trust", "remove", "beta");
        var ops = Generate("ops.pem");
        Decide("trust", "operator", "add", "olga=" + ops);
        Decide("trust", "operator", "remove", ops);
        Decide("trust", "registry", "add", "https://registry.test=" + one);
        Decide("trust", "registry", "remove", "https://registry.test");
        Run("keys", "rotate", "--publisher", "gamma", "--events", In("events"), "--key", In("a.pem"), "--new-key", In("b.pem"));
        Run("keys", "event", In("events"));
        Decide("trust", "apply", In("events"));
        Decide("trust", "revoke", "--key", new string('a', 64));
        File.WriteAllText(In("list.json"), "{\"sequence\":1,\"keys\":[],\"payloads\":[]}");
        Run("trust", "sign", In("list.json"), "--key", In("ops.pem"), "--output", In("list.dsse"));
        OnState("trust", "list");
        Decide("trust", "init");
        File.WriteAllText(In("policy.toml"), "schema = 1\n");
        Run("policy", "sign", In("policy.toml"), "--key", In("ops.pem"));
        Run("policy", "check", In("policy.toml"), "--operator-key", ops);
        Run("keys", "show", In("ops.pem"));
        OnState("doctor");
    }

    [TestMethod]
    public void Skills_ThatAskForThings_AndUnsignedOnes()
    {
        Run("init", "--state", State);
        Decide("trust", "add", "acme=" + Key);
        foreach (var name in new[] { "weather", "notes", "trouble", "orders" })
        {
            var package = Text.Replace("text.palyra", name + ".palyra", StringComparison.Ordinal);
            Run("skills", "package", "inspect", "--artifact", package);
            Run("skills", "package", "verify", "--artifact", package, "--state", State);
            Invocation.Run("skills", "audit", "--artifact", package, "--state", State, "--json");
            OnState("skills", "install", "--artifact", package);
        }

        Unsign(Text, In("stranger.palyra-skill"));
        Run("skills", "package", "inspect", "--artifact", In("stranger.palyra-skill"));
        Invocation.Run("skills", "audit", "--artifact", In("stranger.palyra-skill"), "--state", State, "--json");
        var ours = Publish("2.0.0");
        OnState("skills", "install", "--artifact", In("1.0.0.palyra-skill"), "--trusted-publisher", ours);
        OnState("skills", "install", "--artifact", In("2.0.0.palyra-skill"), "--trusted-publisher", ours);
        Decide("skills", "quarantine", "acme.weather");
        File.WriteAllText(Path.Combine(State, "skills", "acme.notes", "1.0.0", "artifact.palyra-skill"), "damaged");
        foreach (var line in new[] { "skills list", "skills check", "skills audit", "skills info ours.text", "skills verify ours.text", "skills info acme.weather" })
        {
            Invocation.Run([.. line.Split(' '), "--state", State, "--trusted-publisher", ours, "--json"]);
            Invocation.Run([.. line.Split(' '), "--state", State, "--json"]);
        }

        // Calls that end otherwise than well.
        foreach (var call in new[] { "acme.weather.today x", "acme.trouble.escape x", "acme.trouble.loop_forever x", "acme.orders.cancel x" })
        {
            var (tool, input) = (call.Split(' ')[0], call.Split(' ')[1]);
            var package = Text.Replace("text.palyra", tool.Split('.')[1] + ".palyra", StringComparison.Ordinal);
            var payload = JsonNode.Parse(Invocation.Run("skills", "package", "verify", "--artifact", package, "--trusted-publisher", "acme=" + Key, "--json").Output)!["payload_sha256"]!.ToString();
            Invocation.Run("skills", "run", package, tool, "--input", input, "--trusted-publisher", "acme=" + Key, "--accept", payload, "--json");
        }
    }

    [TestMethod]
    public void Publisher_WhoSignedTwoEvents_IsToldAsFrozen()
    {
        Run("init", "--state", State);
        var first = Generate("a.pem");
        Generate("b.pem");
        Generate("c.pem");
        Decide("trust", "pin", "gamma=" + first);
        Run("keys", "rotate", "--publisher", "gamma", "--events", In("one"), "--key", In("a.pem"), "--new-key", In("b.pem"));
        File.WriteAllLines(In("two"), File.ReadAllLines(In("one"))[..1]);
        Run("keys", "rotate", "--publisher", "gamma", "--events", In("two"), "--key", In("a.pem"), "--new-key", In("c.pem"));
        Decide("trust", "apply", In("one"));
        Assert.IsNull(Decide("trust", "apply", In("two"))["publishers"]!["gamma"]);
        OnState("trust", "list");

        // An operator's word ends that; the publisher's own revocations and former keys stay known.
        Decide("trust", "rotate", "gamma=" + first);
        Assert.AreNotEqual(0, Invocation.Run("trust", "rotate", "gamma=" + new string('a', 63), "--reason", "x", "--state", State).ExitCode);
        Assert.IsFalse(OnState("trust", "list")["ledger"]!["publishers"]!["gamma"]!["frozen"]?.GetValue<bool>() ?? false);
    }

    [TestMethod]
    public void Life_OfASkill_Consents_AndRecords()
    {
        Run("init", "--state", State);
        Decide("trust", "add", "acme=" + Key);
        Run("skills", "package", "inspect", "--artifact", Text);
        var payload = Run("skills", "package", "verify", "--artifact", Text, "--state", State)["payload_sha256"]!.ToString();
        Run("skills", "suggest-manifest", Path.Combine(AppContext.BaseDirectory, "fixtures", "as-text", "text.wasm"), "--invoke", "shout", "--input", "a");
        OnState("skills", "install", "--artifact", Text);
        OnState("skills", "run", "acme.text", "acme.text.shout", "--input", "a", "--accept", payload);
        OnState("skills", "verify", "acme.text");
        OnState("skills", "audit", "acme.text");
        OnState("skills", "check");
        OnState("skills", "info", "acme.text");
        OnState("consent", "list");
        OnState("consent", "revoke", "acme.text");
        Decide("skills", "disable", "acme.text");
        Decide("skills", "enable", "acme.text", "--override");
        Decide("skills", "reindex");
        OnState("skills", "list");
        OnState("skills", "remove", "acme.text");
        var ours = Publish("2.0.0");
        OnState("skills", "install", "--artifact", In("1.0.0.palyra-skill"), "--trusted-publisher", ours);
        OnState("skills", "install", "--artifact", In("2.0.0.palyra-skill"), "--trusted-publisher", ours);
        Decide("skills", "rollback", "ours.text");
        Unsign(Text, In("stranger.palyra-skill"));
        Decide("skills", "adopt", "--artifact", In("stranger.palyra-skill"), "--publisher", "ops", "--signing-key", In("ours.pem"), "--output", In("adopted.palyra-skill"));
        OnState("audit", "verify");
        Run("audit", "verify", Directory.EnumerateFiles(Path.Combine(State, "audit"), "*.jsonl").First());
        OnState("audit", "export", "--output", In("report.html"));
        Invocation.Run("skills", "run", "nothing", "x", "--state", State, "--json");
    }

    /// <summary>Packages of 1.0.0 and of a second version of one skill.</summary>
    private string Publish(string second)
    {
        var key = Generate("ours.pem");
        File.WriteAllText(In("sbom.json"), "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1}");
        Run("skills", "package", "new", In("new"), "--skill-id", "ours.text", "--language", "c");
        var manifest = File.ReadAllText(Path.Combine(In("new"), "skill.toml")).Replace("greet", "shout", StringComparison.Ordinal);
        foreach (var version in new[] { "1.0.0", second })
        {
            File.WriteAllText(In("skill.toml"), manifest.Replace("0.1.0\"\npublisher", version + "\"\npublisher", StringComparison.Ordinal));
            Run("skills", "package", "build", "--manifest", In("skill.toml"), "--module", Path.Combine(AppContext.BaseDirectory, "fixtures", "as-text", "text.wasm"), "--sbom", In("sbom.json"), "--signing-key", In("ours.pem"), "--output", In(version + ".palyra-skill"));
        }

        return "ours=" + key;
    }

    private static void Unsign(string from, string to)
    {
        using var old = ZipFile.OpenRead(from);
        using var made = ZipFile.Open(to, ZipArchiveMode.Create);
        foreach (var entry in old.Entries.Where(entry => entry.FullName != "signature.json"))
        {
            using var content = entry.Open();
            using var copy = made.CreateEntry(entry.FullName).Open();
            content.CopyTo(copy);
        }
    }

    private string Generate(string name) => Run("keys", "generate", "--output", In(name), "--no-passphrase")["public_key"]!.ToString();
}
