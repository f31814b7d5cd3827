namespace PluginHost;

/// <summary>What a host learned when it followed a registry.</summary>
public sealed record SkillRegistryReport
{
    /// <summary>Address of its index.</summary>
    public required Uri Index { get; init; }

    /// <summary>What it calls itself.</summary>
    public required string Name { get; init; }

    /// <summary>How often it has said what it holds.</summary>
    public required long Version { get; init; }

    /// <summary>Until when that is fresh.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Whether that is over: it may be keeping something back, and nothing is installed from it.</summary>
    public required bool IsStale { get; init; }

    /// <summary>How many packages it offers.</summary>
    public required int Offered { get; init; }

    /// <summary>What it has to say against versions.</summary>
    public required IReadOnlyList<SkillAdvisory> Advisories { get; init; }

    /// <summary>Installed versions that were quarantined for it, as <c>SKILL VERSION: reason</c>.</summary>
    public required IReadOnlyList<string> Quarantined { get; init; }

    /// <summary>Newer versions of what is installed here, as <c>SKILL VERSION</c>.</summary>
    public required IReadOnlyList<string> Updates { get; init; }

    /// <summary>What it keeps quiet about: its log has it, or it was shown before, and now is not.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }

    /// <summary>How many entries its log has; null where the host has no policy for that log.</summary>
    public long? LogSize { get; init; }
}
