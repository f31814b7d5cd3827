using PluginHost.Consent;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Provenance;

namespace PluginHost.Hosting;

/// <summary>Tells which checks a loaded skill has passed, and which this version does not make.</summary>
internal static class VerificationReport
{
    public static SkillVerification Of(ConsentedSkill skill)
    {
        var signed = skill.Inspected.Signed;
        var inspection = skill.Inspected.Inspection;
        var audit = skill.Inspected.Audit;
        return new SkillVerification
        {
            Publisher = skill.Request.Publisher,
            KeyId = skill.Request.KeyId,
            PayloadDigest = skill.Request.PayloadDigest,
            Findings = skill.Request.Findings,
            Score = skill.Request.Score,
            Checks =
            [
                Passed("archive", $"{signed.Artifact.Entries.Count} files in the one accepted form"),
                Passed("manifest", $"skill.toml version {signed.Manifest.ManifestVersion}{(signed.Capabilities is null ? "" : ", narrowed by capabilities.toml")}"),
                Passed("signature", $"Ed25519 by {skill.Request.KeyId}"),
                Passed("integrity", $"{signed.Manifest.Integrity.Count} files as listed"),
                Passed("trust", skill.Request.Trust),
                Passed("sbom", $"CycloneDX {inspection.Sbom.SpecVersion}{(inspection.Sbom.IsChecked ? "" : ", a version that is not known")}; {inspection.Sbom.BoundModules.Length} of {inspection.Modules.Length} modules bound by hash, {inspection.Sbom.Components.Length} components"),
                Passed("provenance", Provenance(inspection.Provenance)),
                Passed("inspection", $"{inspection.Modules.Length} valid modules, code found for each of {skill.Tools.Length} tools; {audit.Findings.Count(finding => finding.Severity == FindingSeverity.Warning)} warnings"),
                Passed("policy", "asks for nothing that this host never gives"),
                Passed("consent", "given to this payload"),
                inspection.Vulnerabilities is { } report
                    ? Passed("vulnerabilities", $"{report.Records} records, the latest of {report.Modified?.UtcDateTime:yyyy-MM-dd}: {report.Matches.Length} match")
                    : new SkillCheck("vulnerabilities", SkillCheckStatus.NotAsked, "no feed of vulnerabilities was given"),
                Passed("attestations", Attestations(skill.Inspected.Judgement.Chain)),
                audit.Scan is { } scan
                    ? Passed("scan", $"{scan.Pieces} pieces, {scan.Summary.RulesRun} of {scan.Summary.RulesInPack} rules; {scan.Findings.Length} findings")
                    : new SkillCheck("scan", SkillCheckStatus.NotAsked, "texts and data were not scanned"),
            ],
        };
    }

    private static string Provenance(ProvenanceReport report) => report switch
    {
        { SignedBy: { } key } => $"SLSA build level {report.Level}, signed by {key} for {report.BuilderId}",
        { Kind: ProvenanceKind.Statement } => "an in-toto statement whose subjects are the modules; no trusted builder signed it",
        _ => "a builder is named, nothing in it could be compared with the modules",
    };

    private static SkillCheck Passed(string name, string detail) => new(name, SkillCheckStatus.Passed, detail);

    private static string Attestations(ChainReport chain) => $"{ChainGrades.NameOf(chain.Grade)}: {chain.Why}; {chain.Links.Count(link => link.Counts)} links count, {chain.Links.Count(link => !link.Counts) + chain.Unread.Length} do not";
}
