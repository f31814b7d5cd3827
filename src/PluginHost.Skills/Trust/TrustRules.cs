using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Trust;

/// <summary>How an operator wants publishers to be trusted.</summary>
internal sealed record TrustRules
{
    /// <summary>Whether a publisher that nobody vouched for is trusted when it is met for the first time.</summary>
    public bool AllowFirstUse { get; init; }

    /// <summary>Whether this load may go back: an older version, another payload for a version, less provenance.</summary>
    public bool AllowDowngrade { get; init; }

    /// <summary>Whether unsigned skills may run on probation.</summary>
    public bool AllowUnsigned { get; init; }

    /// <summary>How long probation lasts.</summary>
    public TimeSpan ProbationTime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Keys that have another role here, and which: none of them can be a publisher's.</summary>
    public ImmutableDictionary<string, string> OtherRoles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where logs have the word of a package's key for it; asked for keys alone that were revoked from some entry of a log on.</summary>
    public Func<SignedSkill, ImmutableArray<LoggedLink>> LoggedReleases { get; init; } = static _ => [];

    /// <summary>The latest time that is known.</summary>
    public required DateTimeOffset Now { get; init; }
}
