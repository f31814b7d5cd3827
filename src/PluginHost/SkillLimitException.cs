namespace PluginHost;

/// <summary>A limit ended a call or a load, or refused to begin it. Codes begin with <c>limit.</c></summary>
public sealed class SkillLimitException : SkillException, ISkillCallFailure
{
    internal SkillLimitException(string code, string message, SkillCallReceipt? receipt = null, IReadOnlyList<string>? stack = null)
        : base(code, message)
    {
        Receipt = receipt;
        GuestStack = stack ?? [];
    }

    /// <summary>After which time it is worth trying again; null where nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the call used until then; null where nothing ran.</summary>
    public SkillCallReceipt? Receipt { get; }

    /// <summary>Guest functions on the stack, innermost first, where they are known.</summary>
    public IReadOnlyList<string> GuestStack { get; }
}
