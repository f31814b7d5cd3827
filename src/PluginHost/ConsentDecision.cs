namespace PluginHost;

/// <summary>The answer to a <see cref="ConsentRequest"/>.</summary>
public sealed record ConsentDecision
{
    private ConsentDecision(bool isAccepted) => IsAccepted = isAccepted;

    /// <summary>The skill gets what it asks for, as far as the host's policy goes, this once.</summary>
    public static ConsentDecision Accept { get; } = new(true);

    /// <summary>The skill is not loaded.</summary>
    public static ConsentDecision Refuse { get; } = new(false);

    /// <summary>Whether it was accepted.</summary>
    public bool IsAccepted { get; }

    /// <summary>How long it counts.</summary>
    public ConsentScope Scope { get; private init; }

    /// <summary>When it ends; null for never. Only where it is recorded.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Who decided, for the record; empty where that is not known.</summary>
    public string Who { get; private init; } = "";

    /// <summary>The skill gets what it asks for, for longer than once.</summary>
    /// <param name="scope">How long.</param>
    /// <param name="who">Who decided: printable, at most 128 characters.</param>
    /// <param name="expires">When it ends; null for never.</param>
    /// <exception cref="ArgumentException">The name is not printable or too long.</exception>
    public static ConsentDecision AcceptFor(ConsentScope scope, string who = "", DateTimeOffset? expires = null)
    {
        ArgumentNullException.ThrowIfNull(who);
        return who.Length > 128 || who.Any(char.IsControl)
            ? throw new ArgumentException("the name is not printable, or longer than 128 characters", nameof(who))
            : new ConsentDecision(true) { Scope = scope, Who = who, Expires = expires };
    }
}
