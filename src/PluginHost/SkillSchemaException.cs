namespace PluginHost;

/// <summary>
/// What went into a tool (<c>guest.input</c>, nothing ran) or came out of it (<c>guest.output</c>, nothing of it is returned) does not fit the
/// schema that its publisher declared.
/// </summary>
public sealed class SkillSchemaException : SkillException, ISkillCallFailure
{
    internal SkillSchemaException(string rule, string message, SkillCallReceipt? receipt = null)
        : base("guest." + rule, message) => Receipt = receipt;

    /// <summary>What the call used; null where nothing ran.</summary>
    public SkillCallReceipt? Receipt { get; }
}
