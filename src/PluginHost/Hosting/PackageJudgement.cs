using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scanning;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Trust;

namespace PluginHost.Hosting;

/// <summary>A package as the gate would judge it, whether or not it would let it in. Nothing is written, and nothing of it runs.</summary>
/// <param name="Skill">The package.</param>
/// <param name="Judgement">What stands behind it.</param>
/// <param name="Scan">What the scan found; null where none was made.</param>
/// <param name="Refusal">Why the gate would refuse it; null where it would not.</param>
internal sealed record PackageJudgement(TrustedSkill Skill, SkillJudgement Judgement, ScanReport? Scan, SkillException? Refusal)
{
    /// <param name="package">The package.</param>
    /// <param name="evidence">The bundle beside it.</param>
    /// <param name="settings">What is demanded, and whom the operator believes.</param>
    /// <param name="view">Whom he trusts.</param>
    /// <param name="rules">How.</param>
    /// <param name="blocked">What somebody decided about these bytes; null where nobody can be asked.</param>
    /// <exception cref="SkillVerificationException">It is no package, nobody it names signed it, or its papers cannot be read.</exception>
    public static PackageJudgement Of(byte[] package, byte[] evidence, InspectionSettings settings, TrustView view, TrustRules rules, Func<SignedSkill, SkillException?>? blocked = null)
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(package));
        settings = settings with { Beside = evidence, KeepProof = null };
        var refusals = new List<SkillException>();
        var trusted = Trust(skill, evidence, view, LoggedRelease.In(rules, settings), refusals);
        var inspection = Try(() => SkillInspection.Of(skill, settings), refusals) ?? SkillInspection.Of(skill, settings with { Feed = null });
        Try(() => view.CheckProvenance(skill, inspection.Provenance.Level, rules), refusals);
        if (blocked?.Invoke(skill) is { } decided)
        {
            refusals.Add(decided);
        }

        var scan = settings.Scanner?.Scan(skill.Artifact, skill.Manifest, inspection.Modules, CancellationToken.None);
        var isDelegated = settings.IsDelegated?.Invoke(skill.Manifest.Publisher, Convert.ToHexStringLower(skill.Signature.PublicKey)) == true;
        var judgement = SkillJudgement.Of(trusted, inspection, SkillJudgement.ChainOf(trusted, settings), scan?.Summary, isDelegated, [.. refusals.Select(refusal => $"{refusal.Code}: {refusal.Message}")]);
        try
        {
            judgement.Demand(settings);
        }
        catch (SkillVerificationException e)
        {
            refusals.Add(e);
        }

        return new PackageJudgement(trusted, judgement, scan, refusals.FirstOrDefault());
    }

    /// <summary>Whom it is from. One that goes back is looked at as what it would be otherwise.</summary>
    private static TrustedSkill Trust(SignedSkill skill, byte[] evidence, TrustView view, TrustRules rules, List<SkillException> refusals)
    {
        var after = Try(() => view.After(skill.Manifest.Publisher, KeyEvents.Of(skill.Artifact, evidence, skill.Manifest.Publisher), rules.Now), refusals) ?? view;
        return Try(() => TrustedSkill.Decide(skill, after, rules), refusals)
            ?? Try(() => TrustedSkill.Decide(skill, after, rules with { AllowDowngrade = true }), [])
            ?? TrustedSkill.Refused(skill, after, rules.Now);
    }

    private static T? Try<T>(Func<T> room, List<SkillException> refusals)
        where T : class?
    {
        try
        {
            return room();
        }
        catch (SkillVerificationException e)
        {
            refusals.Add(e);
            return null;
        }
    }
}
