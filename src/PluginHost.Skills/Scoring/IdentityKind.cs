namespace PluginHost.Skills.Scoring;

/// <summary>How well the publisher's key is known.</summary>
internal enum IdentityKind
{
    /// <summary>Nobody signed.</summary>
    Unsigned,

    /// <summary>Met for the first time.</summary>
    NewlyPinned,

    /// <summary>Met before.</summary>
    Pinned,

    /// <summary>A registry that is listed answers for it.</summary>
    Delegated,

    /// <summary>An operator listed it.</summary>
    Allowlisted,
}
