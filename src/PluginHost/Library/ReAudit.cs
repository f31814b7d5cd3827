using System.Collections.Immutable;
using PluginHost.Consent;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Trust;

namespace PluginHost.Library;

/// <summary>
/// Asks of an installed version whatever was asked when it was installed, as of now: its bytes, whom they are from, what was revoked, what its papers
/// and code say, and what has become known of its components. Writes nothing.
/// </summary>
/// <param name="inspection">What is demanded of papers and code.</param>
/// <param name="trust">Whom the host trusts now.</param>
/// <param name="trusts">How it trusts.</param>
/// <param name="folder">Where packages are.</param>
/// <param name="isShared">Whether other machines have copies of their own.</param>
internal sealed class ReAudit(InspectionSettings inspection, Func<TrustView> trust, TrustRules trusts, LibraryFolder folder, bool isShared = false)
{
    /// <param name="view">What the lifecycle journal says.</param>
    /// <param name="installed">The version.</param>
    /// <param name="maxFeedAge">How old the newest record of the feed may be.</param>
    /// <param name="cancellation">Ends it.</param>
    public ReAuditFindings Check(LifecycleView view, InstalledSkill installed, TimeSpan maxFeedAge, CancellationToken cancellation)
    {
        var failures = ImmutableArray.CreateBuilder<string>();
        var unknown = ImmutableArray.CreateBuilder<string>();
        var forbidden = ImmutableArray.CreateBuilder<string>();
        var findings = new ReAuditFindings(installed, SkillReAuditStatus.Unknown, []);
        Try(() => Look(change => findings = change(findings), installed, failures, unknown, maxFeedAge, cancellation));
        if (view.Of(installed.PayloadSha256)?.Blocked is { } blocked)
        {
            forbidden.Add($"{blocked.Code}: {blocked.Message}");
        }

        return failures.Count > 0 ? findings with { Status = SkillReAuditStatus.Failed, Reasons = failures.ToImmutable() }
            : unknown.Count > 0 && findings.Status != SkillReAuditStatus.Stale ? findings with { Status = SkillReAuditStatus.Unknown, Reasons = unknown.ToImmutable() }
            : forbidden.Count > 0 ? findings with { Status = SkillReAuditStatus.Blocked, Reasons = forbidden.ToImmutable() }
            : findings with { Reasons = unknown.ToImmutable() };

        void Try(Action check)
        {
            try
            {
                check();
            }
            catch (SkillVerificationException e)
            {
                // A feed that cannot be read says nothing about the package, and neither does what this host does not want.
                (e.Code == "sbom.feed" ? unknown : e.Room == "policy" ? forbidden : failures).Add($"{e.Code}: {e.Message}");
            }
            catch (SkillStateException e) when (e.Code == "state.artifact")
            {
                // The package itself is another: that is found out, not unknown. In a fleet it may be this machine's copy alone, which says nothing about the others'.
                (isShared ? unknown : failures).Add($"{e.Code}: {e.Message}");
            }
            catch (SkillException e)
            {
                unknown.Add($"{e.Code}: {e.Message}");
            }
        }
    }

    private void Look(
        Action<Func<ReAuditFindings, ReAuditFindings>> found, InstalledSkill installed, ImmutableArray<string>.Builder failures, ImmutableArray<string>.Builder unknown, TimeSpan maxFeedAge, CancellationToken cancellation)
    {
        if (!folder.Has(installed.SkillId, installed.Version))
        {
            if (!File.Exists(folder.Index))
            {
                throw new SkillStateException("library", "the library itself is not there: it was deleted, or its disk is not mounted");
            }

            found(findings => findings with { IsMissing = true });
            throw new SkillStateException("artifact", "the files of this version are gone");
        }

        var source = folder.Read(installed);
        var package = SkillArtifact.Read(source.Read());
        var settings = inspection with { Beside = source.Evidence() };
        var audit = StaticAuditor.Run(package, settings with { Feed = null }, cancellation);
        failures.AddRange(audit.Reasons.Select(reason => "inspection.audit: " + reason));
        var skill = SignedSkill.Verify(package);
        found(findings => findings with { Package = package, Audit = audit, Manifest = skill.Manifest });
        if (skill.Manifest.SkillId != installed.SkillId || skill.Manifest.Version.ToString() != installed.Version || package.Payload != installed.PayloadSha256)
        {
            failures.Add("integrity.index: the package is another than the one that the index names");
        }

        var (view, trusted, refused) = Trust(skill, settings);
        found(findings => findings with { Trust = trusted?.Evidence.Word, TrustProblem = refused is null ? null : $"{refused.Code}: {refused.Message}" });
        if (trusted is null)
        {
            throw refused!;
        }

        var inspected = InspectedSkill.Inspect(trusted, settings, cancellation);
        found(findings => findings with { Audit = inspected.Audit, Judgement = inspected.Judgement });
        view.CheckProvenance(skill, inspected.Inspection.Provenance.Level, Rules());
        PolicyRoom.Check(inspected, functions: null);
        var isStale = IsStale(inspected, unknown, maxFeedAge);
        found(findings => findings with { Status = isStale ? SkillReAuditStatus.Stale : SkillReAuditStatus.Ready });
    }

    /// <summary>What was compared with old knowledge has not passed.</summary>
    private bool IsStale(InspectedSkill skill, ImmutableArray<string>.Builder unknown, TimeSpan maxFeedAge)
    {
        if (skill.Inspection.Vulnerabilities is not { } report || report.Modified >= trusts.Now - maxFeedAge)
        {
            return false;
        }

        unknown.Add(report.Modified is { } modified ? $"sbom.feed-stale: the newest record of the feed of vulnerabilities is of {modified.UtcDateTime:yyyy-MM-dd}" : "sbom.feed-stale: the feed of vulnerabilities has no record with a time");
        return true;
    }

    private (TrustView View, TrustedSkill? Trusted, SkillVerificationException? Refused) Trust(SignedSkill skill, InspectionSettings settings)
    {
        var rules = LoggedRelease.In(Rules(), settings);
        var view = trust();
        try
        {
            view = view.After(skill.Manifest.Publisher, KeyEvents.Of(skill.Artifact, settings.Beside, skill.Manifest.Publisher), rules.Now);
            return (view, TrustedSkill.Decide(skill, view, rules), null);
        }
        catch (SkillVerificationException e)
        {
            return (view, null, e);
        }
    }

    /// <summary>Nobody is met for the first time by an audit; and that a newer version was met since does not speak against an older one that is still there.</summary>
    private TrustRules Rules() => trusts with { AllowFirstUse = false, AllowDowngrade = true };
}
