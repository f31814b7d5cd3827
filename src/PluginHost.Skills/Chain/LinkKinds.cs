using System.Collections.Immutable;

namespace PluginHost.Skills.Chain;

/// <summary>Predicate types of links and the roles that may sign them.</summary>
internal static class LinkKinds
{
    private static readonly (LinkKind Kind, string Type, ChainRole Role)[] All =
    [
        (LinkKind.Authorship, "https://in-toto.io/attestation/release/v0.1", ChainRole.Author),
        (LinkKind.Build, "https://slsa.dev/provenance/v1", ChainRole.Builder),
        (LinkKind.MachineAudit, "https://in-toto.io/attestation/test-result/v0.1", ChainRole.Auditor),
        (LinkKind.VulnerabilityAudit, "https://in-toto.io/attestation/vulns/v0.2", ChainRole.Auditor),
        (LinkKind.Review, "https://in-toto.io/attestation/svr/v0.2", ChainRole.Auditor),
        (LinkKind.Vouch, "urn:pluginhost:vouch:v1", ChainRole.Voucher),
        (LinkKind.Violation, "urn:pluginhost:violation:v1", ChainRole.Auditor),
    ];

    /// <summary>What a review may say that was done; anything else is no review.</summary>
    public static ImmutableHashSet<string> ReviewProperties { get; } = ImmutableHashSet.Create(
        StringComparer.Ordinal, ReviewProperty("REVIEWED_SOURCE"), ReviewProperty("REVIEWED_PERMISSIONS"), ReviewProperty("RAN_SANDBOX"), ReviewProperty("REPRODUCED_BUILD"), ReviewProperty("NO_PROMPT_INJECTION"));

    public static string ReviewProperty(string name) => $"urn:pluginhost:review:v1:{name}";

    /// <summary>The kind of a predicate type; null for one that is no link.</summary>
    public static LinkKind? Of(string predicateType) => Array.Find(All, entry => entry.Type == predicateType) is { Type: not null } found ? found.Kind : null;

    public static string TypeOf(LinkKind kind) => Array.Find(All, entry => entry.Kind == kind).Type;

    public static ChainRole RoleOf(LinkKind kind) => Array.Find(All, entry => entry.Kind == kind).Role;

    /// <summary>The role's name in a link.</summary>
    public static string NameOf(ChainRole role) => role.ToString().ToLowerInvariant();

    /// <summary>Whether a link may stand on another: a build on an author, an audit on either, a vouch on audits and vouches.</summary>
    public static bool MayFollow(LinkKind kind, LinkKind before) => kind switch
    {
        LinkKind.Build => before == LinkKind.Authorship,
        LinkKind.MachineAudit or LinkKind.VulnerabilityAudit or LinkKind.Review or LinkKind.Violation => before is LinkKind.Authorship or LinkKind.Build,
        LinkKind.Vouch => before is LinkKind.MachineAudit or LinkKind.VulnerabilityAudit or LinkKind.Review or LinkKind.Vouch,
        _ => false,
    };

    /// <summary>Whether a link is an audit: what a grade stands on.</summary>
    public static bool IsAudit(LinkKind kind) => kind is LinkKind.MachineAudit or LinkKind.VulnerabilityAudit or LinkKind.Review;
}
