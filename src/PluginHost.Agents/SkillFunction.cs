using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace PluginHost.Agents;

/// <summary>
/// A tool of a skill as an AI function. Its name is the tool's id with <c>_</c> for each dot; description and schemas are the manifest's. A tool that takes no object has one
/// argument, <c>input</c>. It answers with JSON where the guest did, else with text; a denial, a limit, a trap or a failure of the guest is an answer too, <c>{"error":{"code","message"}}</c>, so
/// that a model can act on it. Only cancellation is thrown.
/// </summary>
public sealed class SkillFunction : AIFunction
{
    private readonly AgentTool _tool;

    internal SkillFunction(AgentTool tool) => _tool = tool;

    /// <summary>Id of the skill.</summary>
    public string SkillId => _tool.Skill.Id;

    /// <summary>The version whose texts and schemas these are.</summary>
    public string SkillVersion => _tool.Skill.Version;

    /// <summary>The tool.</summary>
    public SkillTool Tool => _tool.Tool;

    /// <inheritdoc/>
    public override string Name => _tool.Name;

    /// <inheritdoc/>
    public override string Description => _tool.Tool.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema => _tool.ArgumentSchema;

    /// <inheritdoc/>
    public override JsonElement? ReturnJsonSchema => _tool.AnswerSchema;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> AdditionalProperties => ImmutableDictionary<string, object?>.Empty
        .Add("pluginhost.skill.id", SkillId)
        .Add("pluginhost.skill.version", SkillVersion)
        .Add("pluginhost.skill.payload", _tool.Skill.PayloadDigest)
        .Add("pluginhost.tool.id", Tool.Id);

    /// <summary>
    /// Calls the tool. A <see cref="CallContext"/> in <see cref="AIFunctionArguments.Context"/>, under its type as the key, says on whose behalf; without one it is
    /// <see cref="SkillFunctionOptions.Context"/>.
    /// </summary>
    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var context = arguments.Context?.TryGetValue(typeof(CallContext), out var given) == true && given is CallContext stated ? stated : _tool.Options.Context;
        var answer = Json(arguments) is { } json ? await _tool.AskAsync(json, context, cancellationToken).ConfigureAwait(false) : ToolAnswer.Failed("guest.input", "the arguments cannot be written as JSON");
        return answer.Json is { } value ? value : answer.Text;
    }

    private static JsonElement? Json(AIFunctionArguments arguments)
    {
        try
        {
            return JsonSerializer.SerializeToElement<IDictionary<string, object?>>(arguments, AIJsonUtilities.DefaultOptions);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
