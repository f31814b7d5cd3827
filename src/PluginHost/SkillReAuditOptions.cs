namespace PluginHost;

/// <summary>When installed skills are audited again.</summary>
public sealed class SkillReAuditOptions
{
    /// <summary>Time from the end of one audit to the next, from a second to 30 days. Six hours by default.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>By which part of the interval the next audit may come earlier or later, from 0 to 0.5, so that a fleet does not audit at once. A tenth by default.</summary>
    public double Jitter { get; set; } = 0.1;

    /// <summary>How old the newest record of a feed of vulnerabilities may be before it counts as stale. Seven days by default.</summary>
    public TimeSpan MaxFeedAge { get; set; } = TimeSpan.FromDays(7);
}
