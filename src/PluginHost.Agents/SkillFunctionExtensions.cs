using Microsoft.Extensions.AI;

namespace PluginHost.Agents;

/// <summary>Offers the tools of skills to an agent's loop.</summary>
public static class SkillFunctionExtensions
{
    /// <summary>The tools of a skill as AI functions.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="options">How they are offered.</param>
    /// <exception cref="ToolCollisionException">Two would have one name.</exception>
    public static IReadOnlyList<AIFunction> AsAIFunctions(this Skill skill, SkillFunctionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skill);
        return Functions([(skill, null)], options);
    }

    /// <summary>The tools of several skills as AI functions.</summary>
    /// <param name="skills">The skills.</param>
    /// <param name="options">How they are offered.</param>
    /// <exception cref="ToolCollisionException">Two would have one name.</exception>
    public static IReadOnlyList<AIFunction> AsAIFunctions(this IEnumerable<Skill> skills, SkillFunctionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skills);
        return Functions(skills.Select(skill => (skill, (LiveSkill?)null)), options);
    }

    /// <summary>
    /// The tools of the version that takes calls now, as AI functions. Each call meets the version that takes calls by then; texts and schemas stay those of this one, so ask again
    /// after <see cref="LiveSkill.Exchanged"/>.
    /// </summary>
    /// <param name="skill">The skill.</param>
    /// <param name="options">How they are offered.</param>
    /// <exception cref="ToolCollisionException">Two would have one name.</exception>
    public static IReadOnlyList<AIFunction> AsAIFunctions(this LiveSkill skill, SkillFunctionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skill);
        return Functions([(skill.Current, skill)], options);
    }

    private static List<AIFunction> Functions(IEnumerable<(Skill Skill, LiveSkill? Live)> skills, SkillFunctionOptions? options) =>
        [.. AgentTool.Of(skills, options ?? SkillFunctionOptions.Default).Select(Function)];

    private static AIFunction Function(AgentTool tool)
    {
        var function = new SkillFunction(tool);
        return tool.Tool.RequiresApproval && tool.Options.MarksApproval ? new ApprovalRequiredAIFunction(function) : function;
    }
}
