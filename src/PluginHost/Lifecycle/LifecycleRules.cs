namespace PluginHost.Lifecycle;

/// <summary>What the status of a version may become. Whatever is not said here is refused.</summary>
internal static class LifecycleRules
{
    /// <summary>Whether code of such a version may run.</summary>
    public static bool Runs(SkillStatus status) => status is SkillStatus.Enabled or SkillStatus.Probation;

    /// <summary>Whether somebody decided against it, so that its file is refused wherever it lies.</summary>
    public static bool IsBlocked(SkillStatus status) =>
        status is SkillStatus.Quarantined or SkillStatus.Disabled or SkillStatus.RolledBack or SkillStatus.Failed or SkillStatus.Adopted;

    public static bool Allows(SkillStatus from, SkillStatus to) => from switch
    {
        SkillStatus.None or SkillStatus.Removed => to is SkillStatus.Installed or SkillStatus.Probation or SkillStatus.Enabled,
        SkillStatus.Installed => to is SkillStatus.Verified or SkillStatus.Quarantined or SkillStatus.Failed or SkillStatus.Removed,
        SkillStatus.Verified => to is SkillStatus.Eligible or SkillStatus.Quarantined or SkillStatus.Failed or SkillStatus.Removed,
        SkillStatus.Eligible => to is SkillStatus.Enabled or SkillStatus.Disabled or SkillStatus.Quarantined or SkillStatus.Removed,
        SkillStatus.Enabled => to is SkillStatus.Disabled or SkillStatus.Quarantined or SkillStatus.RolledBack,
        SkillStatus.Disabled => to is SkillStatus.Eligible or SkillStatus.Enabled or SkillStatus.Quarantined or SkillStatus.Removed,
        SkillStatus.Quarantined => to is SkillStatus.Disabled or SkillStatus.Enabled or SkillStatus.Removed,
        SkillStatus.RolledBack => to is SkillStatus.Disabled or SkillStatus.Removed,
        SkillStatus.Failed => to is SkillStatus.Removed,
        SkillStatus.Probation => to is SkillStatus.Adopted or SkillStatus.Quarantined or SkillStatus.Removed,
        _ => false,
    };
}
