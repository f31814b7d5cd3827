using System.IO.Pipelines;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using PluginHost;
using PluginHost.Agents;
using PluginHost.Agents.Mcp;

var options = new SkillHostOptions
{
    TrustedPublishers = { ["acme"] = ["37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa"] },
    Consent = (request, _) => ValueTask.FromResult(request.Publisher == "acme" ? ConsentDecision.Accept : ConsentDecision.Refuse),
};

await using var host = SkillHost.Create(options);
await using var notes = await host.LoadLiveSkillAsync(Path.Combine(AppContext.BaseDirectory, "skills", "notes.palyra-skill"));
using var tools = new SkillMcpTools([notes], new SkillFunctionOptions { Context = new CallContext { Principal = "amina" } });

// A server speaks over any transport. Here two pipes stand for standard input and output, and a client is at their other end.
var (toServer, toClient) = (new Pipe(), new Pipe());
await using var server = McpServer.Create(new StreamServerTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream()), new McpServerOptions { ToolCollection = tools.Collection });
var serving = server.RunAsync();
await using (var client = await McpClient.CreateAsync(new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream())))
{
    foreach (var tool in await client.ListToolsAsync())
    {
        Console.WriteLine($"{tool.Name}: {tool.Description}{(tool.ProtocolTool.Annotations?.ReadOnlyHint == true ? " (reads only)" : "")}");
    }

    await client.CallToolAsync("acme_notes_append", new Dictionary<string, object?> { ["input"] = "buy bread" });
    var journal = await client.CallToolAsync("acme_notes_show", new Dictionary<string, object?> { ["input"] = "" });
    Console.WriteLine(((TextContentBlock)journal.Content[0]).Text.TrimEnd());
}

// A client that goes closes the stream; the server ends with it.
await toServer.Writer.CompleteAsync();
await serving;
Console.WriteLine("mcp server: ok");
