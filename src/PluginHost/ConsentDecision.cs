namespace PluginHost;

/// <summary>The answer to a <see cref="ConsentRequest"/>.</summary>
public sealed record ConsentDecision
{
    private ConsentDecision(bool isAccepted) => IsAccepted = isAccepted;

    /// <summary>The skill gets what it asks for, as far as the host's policy goes.</summary>
    public static ConsentDecision Accept { get; } = new(true);

    /// <summary>The skill is not loaded.</summary>
    public static ConsentDecision Refuse { get; } = new(false);

    /// <summary>Whether it was accepted.</summary>
    public bool IsAccepted { get; }
}
