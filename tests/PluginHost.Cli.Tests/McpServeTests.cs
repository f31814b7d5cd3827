using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace PluginHost.Cli.Tests;

/// <summary><c>mcp serve</c> in a process of its own, and a client that started it.</summary>
[TestClass]
public sealed class McpServeTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private readonly string _folder = Directory.CreateTempSubdirectory("mcp").FullName;

    public McpServeTests()
    {
        Invocation.Run("init", "--state", State);
        Invocation.Run("trust", "add", "acme=" + Key, "--reason", "test", "--state", State);
    }

    private string State => Path.Combine(_folder, "state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Install(string skill) => JsonNode.Parse(Invocation.Run(
        "skills", "install", "--artifact", Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", skill + ".palyra-skill"), "--state", State, "--json").Output)!["payload_sha256"]!.GetValue<string>();

    private Task<McpClient> Client(params string[] arguments) => McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
    {
        Command = "dotnet",
        Arguments = [Path.Combine(AppContext.BaseDirectory, "PluginHost.Cli.dll"), "mcp", "serve", "--state", State, .. arguments],
    }));

    private static string Text(CallToolResult result) => ((TextContentBlock)result.Content[0]).Text;

    [TestMethod]
    public async Task InstalledSkills_AreServed_AndADecisionOfAnotherProcessCountsAtOnce()
    {
        var payload = Install("text");
        await using var client = await Client("--accept", payload, "--principal", "amina");

        CollectionAssert.Contains((await client.ListToolsAsync()).Select(tool => tool.Name).ToArray(), "acme_text_shout");
        Assert.AreEqual("HI", Text(await client.CallToolAsync("acme_text_shout", new Dictionary<string, object?> { ["input"] = "hi" })));
        Assert.AreEqual(0, Invocation.Run("skills", "quarantine", "acme.text", "--reason", "test", "--state", State).ExitCode);
        await Task.Delay(1_000);
        var refused = await client.CallToolAsync("acme_text_shout", new Dictionary<string, object?> { ["input"] = "hi" });

        Assert.AreEqual(true, refused.IsError);
        StringAssert.Contains(Text(refused), "policy.quarantined");
    }

    [TestMethod]
    public async Task UpdateByAnotherProcess_NeedsConsent_AndWhatIsNotConsentedToIsNotServed()
    {
        var text = Install("text");
        Install("notes");
        await using var client = await Client("--accept", text);
        var names = (await client.ListToolsAsync()).Select(tool => tool.Name).ToList();

        Assert.IsTrue(names.Contains("acme_text_shout") && !names.Contains("acme_notes_show"), string.Join(' ', names));
    }

    [TestMethod]
    public void NothingToServe_IsRefused_AndSaysWhatToDo()
    {
        var empty = Invocation.Run("mcp", "serve", "--state", State);
        Assert.AreEqual(2, empty.ExitCode);
        StringAssert.StartsWith(empty.Error, "policy.not-installed");
        Install("text");
        var refused = Invocation.Run("mcp", "serve", "acme.text", "--state", State);
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.Contains(refused.Error, "--accept ");
    }
}
