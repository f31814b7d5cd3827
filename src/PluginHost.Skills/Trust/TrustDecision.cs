namespace PluginHost.Skills.Trust;

/// <summary>Why a publisher's key is trusted.</summary>
internal enum TrustDecision
{
    /// <summary>An operator listed the key.</summary>
    Allowlisted,

    /// <summary>The key is the one that was met first, some time ago, or its successor.</summary>
    Pinned,

    /// <summary>The publisher is met for the first time, and the caller allows that.</summary>
    NewlyPinned,

    /// <summary>Nobody signed it; it runs within narrow limits for a while.</summary>
    Probation,

    /// <summary>It is not: what would be said of the package is said all the same, to a person who asks.</summary>
    Refused,
}
