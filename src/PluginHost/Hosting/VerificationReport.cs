using PluginHost.Consent;
using PluginHost.Skills.Inspection;

namespace PluginHost.Hosting;

/// <summary>Tells which checks a loaded skill has passed, and which this version does not make.</summary>
internal static class VerificationReport
{
    public static SkillVerification Of(ConsentedSkill skill)
    {
        var signed = skill.Inspected.Signed;
        var provenance = skill.Inspected.Inspection.Provenance == ProvenanceKind.Statement
            ? "an in-toto statement whose subjects are the modules; who signed the statement is not checked"
            : "a builder is named, nothing in it could be compared with the modules";
        return new SkillVerification
        {
            Publisher = skill.Request.Publisher,
            KeyId = skill.Request.KeyId,
            PayloadDigest = skill.Request.PayloadDigest,
            Checks =
            [
                Passed("archive", $"{signed.Artifact.Entries.Count} files in the one accepted form"),
                Passed("manifest", $"skill.toml version {signed.Manifest.ManifestVersion}{(signed.Capabilities is null ? "" : ", narrowed by capabilities.toml")}"),
                Passed("signature", $"Ed25519 by {skill.Request.KeyId}"),
                Passed("integrity", $"{signed.Manifest.Integrity.Count} files as listed"),
                Passed("trust", skill.Request.Trust),
                Passed("sbom", "CycloneDX; what it says of the modules is true"),
                Passed("provenance", provenance),
                Passed("inspection", $"{skill.Inspected.Inspection.Modules.Length} valid modules, code found for each of {skill.Tools.Length} tools"),
                Passed("policy", "asks for nothing that this host never gives"),
                Passed("consent", "given to this payload"),
                Missing("key-rotation", "rotation and revocation of publishers' keys"),
                Missing("provenance-signature", "who built it, by the builder's own signature"),
                Missing("vulnerabilities", "known vulnerabilities of what the SBOM lists"),
                Missing("attestations", "auditors, vouchers and the public log"),
            ],
        };
    }

    private static SkillCheck Passed(string name, string detail) => new(name, SkillCheckStatus.Passed, detail);

    private static SkillCheck Missing(string name, string detail) => new(name, SkillCheckStatus.NotPartOfThisVersion, detail);
}
