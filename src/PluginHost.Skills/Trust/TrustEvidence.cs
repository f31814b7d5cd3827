using System.Collections.Immutable;

namespace PluginHost.Skills.Trust;

/// <summary>A decision about trust, and what it stands on.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="KeyVersion">Version of the publisher's key set; 0 where an operator listed the key, or there is none.</param>
/// <param name="Since">Since when the key is known here; null for a key that is listed or new.</param>
/// <param name="Warnings">What should be looked at.</param>
/// <param name="Downgrade">What goes back, by the caller's explicit word; null where nothing does.</param>
internal sealed record TrustEvidence(TrustDecision Decision, long KeyVersion, DateTimeOffset? Since, ImmutableArray<string> Warnings, string? Downgrade)
{
    /// <summary>The decision in Palyra's words.</summary>
    public string Word => Decision switch
    {
        TrustDecision.Allowlisted => "allowlisted",
        TrustDecision.Pinned => "tofu_pinned",
        TrustDecision.NewlyPinned => "tofu_newly_pinned",
        TrustDecision.Refused => "refused",
        _ => "probation",
    };
}
