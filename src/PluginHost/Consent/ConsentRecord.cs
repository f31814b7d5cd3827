namespace PluginHost.Consent;

/// <summary>A consent that counts for longer than one load.</summary>
internal sealed record ConsentRecord
{
    public required string Publisher { get; init; }

    public required string Skill { get; init; }

    public required string Version { get; init; }

    /// <summary>Digest of the bytes that it is for.</summary>
    public required string Payload { get; init; }

    public required ConsentTerms Terms { get; init; }

    /// <summary>Who gave it.</summary>
    public required string Who { get; init; }

    /// <summary>By which way.</summary>
    public required string How { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset? Expires { get; init; }

    /// <summary>When it was taken back; null for one that was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>For an inherited one, the payload that was consented to.</summary>
    public required string? From { get; init; }

    public bool IsOf(ConsentRequest request) => Publisher == request.Publisher && Skill == request.SkillId;
}
