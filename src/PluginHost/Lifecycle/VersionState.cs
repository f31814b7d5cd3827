using PluginHost.Library;

namespace PluginHost.Lifecycle;

/// <summary>Where some bytes of a skill stand.</summary>
/// <param name="Status">The status.</param>
/// <param name="Last">The line that says so.</param>
/// <param name="Hold">The quarantine that nobody lifted, whatever happened since: removal does not.</param>
/// <param name="Installed">Its entry among the installed skills; null where its files are not kept here.</param>
internal sealed record VersionState(SkillStatus Status, LifecycleRecord Last, LifecycleRecord? Hold, InstalledSkill? Installed)
{
    /// <summary>What speaks against running it; null where nothing does. A quarantine that was not lifted counts even where the files are gone.</summary>
    public SkillStatusException? Blocked =>
        Hold is { } hold ? Refused(SkillStatus.Quarantined, hold)
        : LifecycleRules.IsBlocked(Status) ? Refused(Status, Last)
        : null;

    private static SkillStatusException Refused(SkillStatus status, LifecycleRecord record) => new(record.Change.Skill, record.Change.Version, status, record.Change.Reason);
}
