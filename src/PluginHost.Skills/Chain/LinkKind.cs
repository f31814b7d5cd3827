namespace PluginHost.Skills.Chain;

/// <summary>What a link of a chain says.</summary>
internal enum LinkKind
{
    /// <summary>Its publisher made it.</summary>
    Authorship,

    /// <summary>A builder built it.</summary>
    Build,

    /// <summary>A program looked at it.</summary>
    MachineAudit,

    /// <summary>Its components were compared with known vulnerabilities.</summary>
    VulnerabilityAudit,

    /// <summary>A person looked at it.</summary>
    Review,

    /// <summary>Somebody answers for it, or for a key.</summary>
    Vouch,

    /// <summary>It does harm.</summary>
    Violation,
}
