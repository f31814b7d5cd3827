using System.IO.Pipelines;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using PluginHost.Agents.Mcp;
using PluginHost.Tests;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Hosting;

namespace PluginHost.Agents.Tests;

/// <summary>Tools of skills as a client of the Model Context Protocol meets them.</summary>
[TestClass]
public sealed class McpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<LiveSkill> Load(SkillHost host, TestPackage package) => host.LoadLiveSkillAsync(package.Write(_folder));

    /// <summary>A client, and a server in the same process.</summary>
    private sealed class Session : IAsyncDisposable
    {
        private readonly SkillMcpTools _tools;
        private readonly McpServer _server;
        private readonly Task _serving;

        private Session(SkillMcpTools tools, McpServer server, McpClient client)
        {
            (_tools, _server, Client) = (tools, server, client);
            _serving = Task.CompletedTask;
        }

        public McpClient Client { get; }

        public static Task<Session> Open(SkillFunctionOptions? options, params LiveSkill[] skills) => Open(options, null, skills);

        public static async Task<Session> Open(SkillFunctionOptions? options, string? protocol, params LiveSkill[] skills)
        {
            var (up, down) = (new Pipe(), new Pipe());
            var tools = new SkillMcpTools(skills, options);
            var server = McpServer.Create(new StreamServerTransport(up.Reader.AsStream(), down.Writer.AsStream(), "test"), new McpServerOptions { ToolCollection = tools.Collection });
            _ = server.RunAsync();
            var client = await McpClient.CreateAsync(new StreamClientTransport(up.Writer.AsStream(), down.Reader.AsStream()), new McpClientOptions { ProtocolVersion = protocol });
            return new Session(tools, server, client);
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await _server.DisposeAsync();
            _tools.Dispose();
            await _serving;
        }
    }

    private static string Text(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;

    [TestMethod]
    public async Task Client_ListsAndCallsTools()
    {
        await using var host = TestHosts.Create();
        await using var skill = await Load(host, new TestPackage { Words = "Echoes.", Schema = "{ type = \"object\" }", OutputSchema = "{ type = \"object\" }" });
        await using var session = await Session.Open(null, skill);

        var tool = (await session.Client.ListToolsAsync()).Single();
        Assert.AreEqual(("acme_run", "Echoes."), (tool.Name, tool.Description));
        Assert.AreEqual(skill.Current.PayloadDigest, tool.ProtocolTool.Meta!["pluginhost/payload"]!.GetValue<string>());
        var result = await session.Client.CallToolAsync("acme_run", new Dictionary<string, object?> { ["a"] = 1 });

        Assert.AreNotEqual(true, result.IsError);
        Assert.AreEqual("""{"a":1}""", Text(result));
        Assert.AreEqual("""{"a":1}""", JsonSerializer.Serialize(result.StructuredContent));
    }

    [TestMethod]
    public async Task Denial_IsAnErrorOfTheTool_WithItsCode()
    {
        await using var host = TestHosts.Create();
        await using var skill = await Load(host, new TestPackage { Modules = new() { ["m"] = GuestText.Of("(drop (call $http {«\"url\":\"https://a.test/\"»} (i64.const 0)))") }, Manifest = "[capabilities]\nhttp_egress_allowlist = [\"b.test\"]" });
        await using var session = await Session.Open(null, skill);

        var result = await session.Client.CallToolAsync("acme_run", new Dictionary<string, object?> { ["input"] = "" });

        Assert.AreEqual(true, result.IsError);
        StringAssert.Contains(Text(result), "\"code\":\"capability.");
        await Assert.ThrowsAsync<ModelContextProtocol.McpException>(async () => await session.Client.CallToolAsync("no_such_tool"));
    }

    [TestMethod]
    public async Task Annotations_ComeFromWhatIsGranted()
    {
        await using var host = TestHosts.Create();
        await using var plain = await Load(host, new TestPackage { Id = "acme.plain", Tools = ["plain"], Capabilities = "[tools.\"acme.plain\"]\nexport = \"run\"" });
        await using var writes = await host.LoadLiveSkillAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "notes.palyra-skill"));
        await using var reaches = await host.LoadLiveSkillAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "weather.palyra-skill"));
        await using var session = await Session.Open(null, plain, writes, reaches);
        var tools = (await session.Client.ListToolsAsync()).ToDictionary(tool => tool.Name, tool => tool.ProtocolTool.Annotations!);

        Assert.AreEqual((false, false, true), (tools["acme_notes_append"].ReadOnlyHint, tools["acme_notes_append"].OpenWorldHint, tools["acme_notes_append"].DestructiveHint));
        Assert.AreEqual((false, true), (tools["acme_weather_today"].ReadOnlyHint, tools["acme_weather_today"].OpenWorldHint));
        Assert.AreEqual((false, false), (tools["acme_plain"].OpenWorldHint, tools["acme_plain"].DestructiveHint));
    }

    [TestMethod]
    public async Task ExchangedVersion_ChangesTheList_AndTheClientIsTold()
    {
        await using var host = TestHosts.Create();
        await using var skill = await Load(host, new TestPackage());

        // From 2026-07-28 on, clients listen to what they want to be told.
        await using var session = await Session.Open(null, "2025-06-18", skill);
        Assert.AreEqual("acme_run", (await session.Client.ListToolsAsync()).Single().Name);
        var told = new TaskCompletionSource();
        await using var listening = session.Client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, (_, _) =>
        {
            told.TrySetResult();
            return ValueTask.CompletedTask;
        });

        await skill.ReplaceAsync(new TestPackage { Version = "1.1.0", Tools = ["other"], Capabilities = "[tools.\"acme.other\"]\nexport = \"run\"" }.Write(_folder));

        await told.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.AreEqual("acme_other", (await session.Client.ListToolsAsync()).Single().Name);
    }

    [TestMethod]
    public async Task RequestsOfAClient_AreOnRecord_OnItsBehalf()
    {
        var log = _folder["audit.jsonl"];
        await using (var host = TestHosts.Create(options => options.AuditFile = log))
        {
            await using var skill = await Load(host, new TestPackage());
            await using var session = await Session.Open(new SkillFunctionOptions { Context = new CallContext { Principal = "amina" } }, skill);
            await session.Client.CallToolAsync("acme_run", new Dictionary<string, object?> { ["input"] = "" });
        }

        var text = File.ReadAllText(log);
        StringAssert.Contains(text, "\"amina\"");
        StringAssert.Contains(text, "\"mcp\"");
    }

    [TestMethod]
    public async Task ToolsThatWouldShareAName_AreRefused()
    {
        await using var host = TestHosts.Create();
        await using var one = await Load(host, new TestPackage { Id = "acme.one" });
        await using var two = await Load(host, new TestPackage { Id = "acme.two" });
        Assert.ThrowsExactly<ToolCollisionException>(() => new SkillMcpTools([one, two]));
    }
}
