using System.Security.Cryptography;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// A package whose signature holds, whose publisher is the one that signed, and whose files are exactly those that the
/// manifest lists. Whether that publisher is trusted is the next room's question.
/// </summary>
internal sealed class SignedSkill
{
    private SignedSkill(SkillArtifact artifact, SkillManifest manifest, SkillSignature signature, CapabilitiesFile? capabilities)
    {
        Capabilities = capabilities;
        Artifact = artifact;
        Manifest = manifest;
        Signature = signature;
    }

    public SkillArtifact Artifact { get; }

    public SkillManifest Manifest { get; }

    public SkillSignature Signature { get; }

    /// <summary>What <c>assets/capabilities.toml</c> says; null where the package has none.</summary>
    public CapabilitiesFile? Capabilities { get; }

    /// <exception cref="SkillVerificationException">The manifest, the signature, the list of files or <c>capabilities.toml</c> does not hold.</exception>
    public static SignedSkill Verify(SkillArtifact artifact)
    {
        var manifest = ManifestReader.Read(artifact);
        var signature = SkillSignature.Verify(artifact);
        if (signature.Publisher != manifest.Publisher)
        {
            throw new SkillVerificationException("signature", "publisher", "the package is signed for another publisher than its manifest names");
        }

        CheckFiles(artifact, manifest);
        return new SignedSkill(artifact, manifest, signature, CapabilitiesFileReader.Read(artifact, manifest));
    }

    private static void CheckFiles(SkillArtifact artifact, SkillManifest manifest)
    {
        var files = artifact.Entries.Where(entry => entry.Path is not (ManifestReader.Entry or PayloadDigest.SignatureEntry)).ToList();
        if (files.Count != manifest.Integrity.Count)
        {
            throw new SkillVerificationException("integrity", "files", "the manifest does not list exactly the files of the package");
        }

        foreach (var file in files)
        {
            if (!manifest.Integrity.TryGetValue(file.Path, out var digest))
            {
                throw new SkillVerificationException("integrity", "files", $"the manifest does not list '{file.Path}'");
            }

            if (digest != Convert.ToHexStringLower(SHA256.HashData(file.Content)))
            {
                throw new SkillVerificationException("integrity", "digest", $"'{file.Path}' is not the file that the manifest lists");
            }
        }
    }
}
