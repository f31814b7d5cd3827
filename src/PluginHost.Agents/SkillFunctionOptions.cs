namespace PluginHost.Agents;

/// <summary>How tools of skills are offered to an agent.</summary>
public sealed record SkillFunctionOptions
{
    /// <summary>On whose behalf tools are called, where the call itself does not say.</summary>
    public CallContext Context { get; init; } = CallContext.None;

    /// <summary>
    /// Whether tools whose publisher wants each call approved are marked, so that the agent's loop asks first. The mark is for the loop alone:
    /// <see cref="SkillHostOptions.Approve"/> decides in any case.
    /// </summary>
    public bool MarksApproval { get; init; } = true;

    /// <summary>Bytes of an answer that reach the agent; a longer one is an error with the code <c>limit.answer</c>. 64 KiB by default.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;

    internal static SkillFunctionOptions Default { get; } = new();
}
