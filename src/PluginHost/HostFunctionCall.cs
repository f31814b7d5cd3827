namespace PluginHost;

/// <summary>Who calls a host function. A function may take it as a parameter.</summary>
public sealed record HostFunctionCall
{
    internal HostFunctionCall()
    {
    }

    /// <summary>The skill.</summary>
    public required string SkillId { get; init; }

    /// <summary>The tool that runs.</summary>
    public required string Tool { get; init; }

    /// <summary>On whose behalf.</summary>
    public required CallContext Context { get; init; }

    /// <summary>Cancelled when the call of the tool has to stop. What goes on after that is on record.</summary>
    public required CancellationToken Cancellation { get; init; }
}
