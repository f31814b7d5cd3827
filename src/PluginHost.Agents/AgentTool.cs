using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Agents;

/// <summary>One tool of one skill as an agent sees it, whichever way it is offered.</summary>
/// <param name="Skill">The skill, whose version is the one whose texts and schemas the agent was told.</param>
/// <param name="Tool">The tool.</param>
/// <param name="CallAsync">Calls it; of a skill whose version is exchanged, the version that takes calls by then.</param>
/// <param name="Options">How it is offered.</param>
internal sealed record AgentTool(Skill Skill, SkillTool Tool, Func<ReadOnlyMemory<byte>, CallContext, CancellationToken, Task<SkillCallResult>> CallAsync, SkillFunctionOptions Options)
{
    /// <summary>The one argument of a tool that takes no object.</summary>
    private const string Single = "input";

    private const int MaxName = 64;
    private static readonly string[] Definitions = ["$defs", "definitions"];
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Its id in the characters that models are allowed for names: letters, digits, <c>_</c> and <c>-</c>, 64 at most.</summary>
    public string Name { get; } = NameOf(Tool.Id);

    /// <summary>Whether it takes an object, whose properties are the arguments.</summary>
    private bool TakesObject { get; } = IsObject(Tool.InputSchema);

    /// <summary>Schema of its arguments: that of the tool, or of an object with the one argument <c>input</c> where the tool takes something else.</summary>
    public JsonElement ArgumentSchema => TakesObject ? Typed(Tool.InputSchema) : Wrapped(Tool.InputSchema);

    /// <summary>Schema of its answer; null where that is not an object.</summary>
    public JsonElement? AnswerSchema => IsObject(Tool.OutputSchema) ? Typed(Tool.OutputSchema) : null;

    /// <summary>Every tool of some skills.</summary>
    /// <exception cref="ToolCollisionException">Two would have one name.</exception>
    public static IReadOnlyList<AgentTool> Of(IEnumerable<(Skill Skill, LiveSkill? Live)> skills, SkillFunctionOptions options)
    {
        var tools = skills.SelectMany(one => one.Skill.Tools.Select(tool => new AgentTool(
            one.Skill, tool, (input, context, cancellation) => one.Live?.CallAsync(tool.Id, input, context, cancellation) ?? one.Skill.CallAsync(tool.Id, input, context, cancellation), options))).ToList();
        return tools.GroupBy(tool => tool.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new ToolCollisionException(twice.Key, [.. twice.Select(tool => $"{tool.Skill.Id}/{tool.Tool.Id}")])
            : tools;
    }

    /// <summary>Calls it, and tells what came of it. What the caller's own cancellation ends is thrown; all else is an answer that a model can act on.</summary>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="cancellation">Stops the guest.</param>
    public async Task<ToolAnswer> AskAsync(JsonElement arguments, CallContext context, CancellationToken cancellation)
    {
        try
        {
            if (!TakesObject && !(arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(Single, out _)))
            {
                return ToolAnswer.Failed("guest.input", $"the argument '{Single}' is missing");
            }

            if (Input(arguments) is not { } input)
            {
                return ToolAnswer.Failed("guest.input", "the arguments hold text that is none");
            }

            var result = await CallAsync(input, context, cancellation).ConfigureAwait(false);
            return result.Output.Length > Options.MaxAnswerBytes
                ? ToolAnswer.Failed("limit.answer", $"the answer has {result.Output.Length} bytes, more than {Options.MaxAnswerBytes}")
                : ToolAnswer.Of(result.Output);
        }
        catch (SkillException e)
        {
            return ToolAnswer.Refused(e);
        }
        catch (ArgumentException)
        {
            return ToolAnswer.Failed("guest.tool", "the version that takes calls now has no such tool: list the tools again");
        }
        catch (Exception e) when (e is ObjectDisposedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return ToolAnswer.Failed("policy.stopped", "the skill takes no more calls");
        }
    }

    /// <summary>What the guest is given; null where a text of it is no Unicode.</summary>
    private byte[]? Input(JsonElement arguments)
    {
        try
        {
            return TakesObject ? Bytes(arguments) : Text(arguments.GetProperty(Single));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>As short as JSON can be, and with no more escapes than it needs: guests have small parsers.</summary>
    private static byte[] Bytes(JsonElement json) => JsonSerializer.SerializeToUtf8Bytes(json, Plain);

    /// <summary>A string is the text itself, as tools take it that want plain text.</summary>
    private static byte[] Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(value.GetString()!) : Bytes(value);

    private static bool IsObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && (schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.String && type.ValueEquals("object") : schema.TryGetProperty("properties", out _));

    private static JsonElement Wrapped(JsonElement schema)
    {
        var inner = schema.ValueKind == JsonValueKind.Object && schema.EnumerateObject().Any() ? JsonNode.Parse(schema.GetRawText()) : new JsonObject { ["type"] = "string" };
        var wrapped = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [Single] = inner }, ["required"] = new JsonArray(Single), ["additionalProperties"] = false };

        // What the schema refers to by "#/$defs/…" is looked for at the root.
        foreach (var definitions in Definitions)
        {
            if (inner is JsonObject named && !named.ContainsKey("$id") && named.TryGetPropertyValue(definitions, out var defined))
            {
                named.Remove(definitions);
                wrapped[definitions] = defined;
            }
        }

        return JsonSerializer.SerializeToElement(wrapped);
    }

    /// <summary>Clients want to be told that it is an object where its properties say so already.</summary>
    private static JsonElement Typed(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out _))
        {
            return schema;
        }

        var typed = JsonNode.Parse(schema.GetRawText())!.AsObject();
        typed.Insert(0, "type", "object");
        return JsonSerializer.SerializeToElement(typed);
    }

    private static string NameOf(string id)
    {
        var name = string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));

        // The end of an id says more than its beginning, which its skill's other tools share.
        return name.Length <= MaxName ? name : name[^MaxName..];
    }
}
