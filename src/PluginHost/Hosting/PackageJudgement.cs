using PluginHost.Skills.Artifacts;
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
    /// <exception cref="SkillVerificationException">A room before refused it.</exception>
    public static PackageJudgement Of(byte[] package, byte[] evidence, InspectionSettings settings, TrustView view, TrustRules rules)
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(package));
        settings = settings with { Beside = evidence, KeepProof = null };
        view = view.After(skill.Manifest.Publisher, KeyEvents.Of(skill.Artifact, settings.Beside, skill.Manifest.Publisher), rules.Now);
        var trusted = TrustedSkill.Decide(skill, view, rules);
        var inspection = SkillInspection.Of(skill, settings);
        var scan = settings.Scanner?.Scan(skill.Artifact, skill.Manifest, inspection.Modules, CancellationToken.None);
        var isDelegated = settings.IsDelegated?.Invoke(skill.Manifest.Publisher, Convert.ToHexStringLower(skill.Signature.PublicKey)) == true;
        var judgement = SkillJudgement.Of(trusted, inspection, SkillJudgement.ChainOf(trusted, settings), scan?.Summary, isDelegated);
        SkillException? refusal = null;
        try
        {
            judgement.Demand(settings);
        }
        catch (SkillVerificationException e)
        {
            refusal = e;
        }

        return new PackageJudgement(trusted, judgement, scan, refusal);
    }
}
