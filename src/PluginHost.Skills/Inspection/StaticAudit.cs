using System.Collections.Immutable;
using PluginHost.Skills.Scanning;

namespace PluginHost.Skills.Inspection;

/// <summary>What can be said against a package without running it: Palyra's checks, and findings of ours.</summary>
/// <param name="Policy">What was allowed.</param>
/// <param name="Checks">Palyra's checks, in Palyra's order.</param>
/// <param name="Findings">Our own, the heaviest first.</param>
internal sealed record StaticAudit(StaticPolicy Policy, ImmutableArray<StaticCheck> Checks, ImmutableArray<Finding> Findings)
{
    /// <summary>What the scan found; its findings are among the others. Null where none was made.</summary>
    public ScanReport? Scan { get; init; }

    /// <summary>Whether nothing speaks against loading it.</summary>
    public bool Passed => Reasons.IsEmpty;

    /// <summary>Why it would have to be quarantined.</summary>
    public ImmutableArray<string> Reasons =>
    [
        .. Checks.Where(check => check.Status == CheckStatus.Fail).Select(check => check.Message),
        .. Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => $"{finding.Id}: {finding.Location}: {finding.Message}"),
    ];

    /// <summary>Refuses what speaks against loading it. Capabilities that are never given are left to the policy room, which says so in its own words.</summary>
    /// <exception cref="SkillVerificationException">Something speaks against loading it.</exception>
    public void Demand()
    {
        if (Checks.FirstOrDefault(check => check.Status == CheckStatus.Fail && !check.Id.StartsWith("forbidden_", StringComparison.Ordinal)) is { } failed)
        {
            throw new SkillVerificationException("inspection", failed.Id.Replace('_', '-'), failed.Message);
        }

        if (Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error && finding.Source == FindingRules.Source) is { } found)
        {
            throw new SkillVerificationException("inspection", found.Id.Replace('_', '-'), $"{found.Location}: {found.Message} ({found.Advice})");
        }

        if (Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error) is { } scanned)
        {
            throw new SkillVerificationException("inspection", "scan", $"{scanned.Location}: {scanned.Message} (rule {scanned.Id})");
        }
    }
}
