using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace PluginHost.Agents.Mcp;

/// <summary>A tool of a skill as a client of the Model Context Protocol sees it.</summary>
internal sealed class SkillMcpTool(AgentTool tool) : McpServerTool
{
    private const int MaxId = 128;

    /// <inheritdoc/>
    public override Tool ProtocolTool { get; } = new()
    {
        Name = tool.Name,
        Title = tool.Tool.Name,
        Description = tool.Tool.Description,
        InputSchema = tool.ArgumentSchema,
        OutputSchema = tool.AnswerSchema,
        Annotations = GrantAnnotations.Of(tool),
        Meta = new JsonObject
        {
            ["pluginhost/skill"] = tool.Skill.Id,
            ["pluginhost/version"] = tool.Skill.Version,
            ["pluginhost/publisher"] = tool.Skill.Publisher,
            ["pluginhost/payload"] = tool.Skill.PayloadDigest,
        },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc/>
    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var arguments = JsonSerializer.SerializeToElement(request.Params?.Arguments ?? new Dictionary<string, JsonElement>());
        var answer = await tool.AskAsync(arguments, Context(request.JsonRpcRequest.Id.ToString()), cancellationToken).ConfigureAwait(false);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = answer.Text }],
            StructuredContent = !answer.IsError && tool.AnswerSchema is not null ? answer.Json : null,
            IsError = answer.IsError,
        };
    }

    /// <summary>The client chose the number of its request: what of it is printable ties the records of both sides together.</summary>
    private CallContext Context(string request) => tool.Options.Context with
    {
        Channel = tool.Options.Context.Channel ?? "mcp",
        CorrelationId = tool.Options.Context.CorrelationId ?? (request.Length <= MaxId && !request.Any(char.IsControl) ? request : null),
    };
}
