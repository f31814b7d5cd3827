using System.Collections.Immutable;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Scoring;

namespace PluginHost.Library;

/// <summary>All that a re-audit found out about one installed version.</summary>
/// <param name="Installed">The version.</param>
/// <param name="Status">What it came to.</param>
/// <param name="Reasons">Why, each beginning with a code.</param>
internal sealed record ReAuditFindings(InstalledSkill Installed, SkillReAuditStatus Status, ImmutableArray<string> Reasons)
{
    /// <summary>Whether its files are gone.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether its publisher is trusted with it, as of now.</summary>
    public string? Trust { get; init; }

    /// <summary>Why it is not.</summary>
    public string? TrustProblem { get; init; }

    /// <summary>The static audit; null where the package could not be read.</summary>
    public StaticAudit? Audit { get; init; }

    /// <summary>Who stands behind it, as of now; null where that was not reached.</summary>
    public SkillJudgement? Judgement { get; init; }

    /// <summary>The package; null where it could not be read.</summary>
    public SkillArtifact? Package { get; init; }

    /// <summary>Its manifest; null where it could not be read.</summary>
    public SkillManifest? Manifest { get; init; }

    /// <summary>What has to happen to a version that failed; null where it did not, was removed meanwhile, or is quarantined already.</summary>
    public LifecycleChange? Quarantine(LifecycleView view, string actor) =>
        Status != SkillReAuditStatus.Failed || view.Find(Installed.SkillId, Installed.Version) is not { } state || state.Installed!.PayloadSha256 != Installed.PayloadSha256 || state.Status is SkillStatus.RolledBack or SkillStatus.Failed ? null
        : LifecycleDecisions.Quarantine(
            state, $"{(IsMissing ? "periodic_reaudit_missing_artifact" : "periodic_reaudit_failed")}: {string.Join("; ", Reasons)}", actor, LifecycleEvidence.None.Add(LifecycleEvidence.Imposed, LifecycleEvidence.ByAudit));

    public SkillReAuditResult Result(bool wasQuarantined) => new(Installed.SkillId, Installed.Version, Status, Reasons, wasQuarantined);
}
