using ModelContextProtocol.Server;

namespace PluginHost.Agents.Mcp;

/// <summary>
/// The tools of skills for a server of the Model Context Protocol. Where another version of a skill takes its place, its tools do, too, and clients are told that the list changed. A
/// version whose tools would collide with those of another skill is not offered.
/// </summary>
public sealed class SkillMcpTools : IDisposable
{
    private readonly IReadOnlyList<LiveSkill> _skills;
    private readonly SkillFunctionOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<LiveSkill, IReadOnlyList<SkillMcpTool>> _offered = [];

    /// <param name="skills">The skills. They stay the caller's to dispose.</param>
    /// <param name="options">How they are offered; its context is that of all calls, whose channel is <c>mcp</c> where it says none.</param>
    /// <exception cref="ToolCollisionException">Two tools would have one name.</exception>
    public SkillMcpTools(IEnumerable<LiveSkill> skills, SkillFunctionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skills);
        _skills = [.. skills];
        _options = options ?? SkillFunctionOptions.Default;
        AgentTool.Of(_skills.Select(skill => (skill.Current, (LiveSkill?)skill)), _options);
        try
        {
            foreach (var skill in _skills)
            {
                skill.Exchanged += OnExchanged;
                Offer(skill);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The tools, for <see cref="McpServerOptions.ToolCollection"/>.</summary>
    public McpServerPrimitiveCollection<McpServerTool> Collection { get; } = [];

    /// <summary>Follows exchanges no longer.</summary>
    public void Dispose()
    {
        foreach (var skill in _skills)
        {
            skill.Exchanged -= OnExchanged;
        }
    }

    private void OnExchanged(object? sender, LiveSkillExchangedEventArgs e)
    {
        if (sender is LiveSkill skill)
        {
            Offer(skill);
        }
    }

    private void Offer(LiveSkill skill)
    {
        lock (_gate)
        {
            // Made first: where that fails, the old ones stay.
            var tools = AgentTool.Of([(skill.Current, skill)], _options).Select(tool => new SkillMcpTool(tool)).ToList();
            using var changes = Collection.DeferChangedEvents();
            foreach (var gone in _offered.GetValueOrDefault(skill) ?? [])
            {
                Collection.Remove(gone);
            }

            if (tools.Find(tool => Collection.PrimitiveNames.Contains(tool.ProtocolTool.Name)) is { } taken)
            {
                _offered[skill] = [];
                throw new ToolCollisionException(taken.ProtocolTool.Name, [skill.Current.Id, "another skill"]);
            }

            tools.ForEach(Collection.Add);
            _offered[skill] = tools;
        }
    }
}
