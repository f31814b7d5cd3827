namespace PluginHost;

/// <summary>What a re-audit of an installed version came to.</summary>
public enum SkillReAuditStatus
{
    /// <summary>All that was checked holds.</summary>
    Ready,

    /// <summary>It may not run as it is, for what somebody decided: it is quarantined, disabled or given up.</summary>
    Blocked,

    /// <summary>Something speaks against the package itself: it has to be quarantined.</summary>
    Failed,

    /// <summary>All else holds, but the known vulnerabilities that it was compared with are old.</summary>
    Stale,

    /// <summary>It could not be found out.</summary>
    Unknown,
}
