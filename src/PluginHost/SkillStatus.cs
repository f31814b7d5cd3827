namespace PluginHost;

/// <summary>Where a version of a skill stands in its life. Only what is <see cref="Enabled"/>, or on <see cref="Probation"/>, runs.</summary>
public enum SkillStatus
{
    /// <summary>Nothing is known of it here.</summary>
    None,

    /// <summary>Its files are there.</summary>
    Installed,

    /// <summary>Signature, trust, papers and code hold.</summary>
    Verified,

    /// <summary>This host can and may run it.</summary>
    Eligible,

    /// <summary>It runs.</summary>
    Enabled,

    /// <summary>An operator switched it off.</summary>
    Disabled,

    /// <summary>It misbehaved, failed an audit, or an operator says so: only an operator's signature lets it run again.</summary>
    Quarantined,

    /// <summary>It was given up for the version before it.</summary>
    RolledBack,

    /// <summary>Its installation failed.</summary>
    Failed,

    /// <summary>Its files are gone.</summary>
    Removed,

    /// <summary>Nobody signed it; it runs within tight limits.</summary>
    Probation,

    /// <summary>An operator signed it as its own; the unsigned one runs no more.</summary>
    Adopted,
}
