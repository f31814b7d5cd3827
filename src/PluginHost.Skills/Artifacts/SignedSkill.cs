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

    /// <summary>Whether somebody signed it; what is not is let further only by a policy that wants it so.</summary>
    public bool IsSigned => Signature.PublicKey.Length > 0;

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

    /// <summary>A package that nobody signed, its form and files checked as far as they can be: what has no list of files is held to none.</summary>
    /// <exception cref="SkillVerificationException">It is signed, or the manifest, the list of files or <c>capabilities.toml</c> does not hold.</exception>
    public static SignedSkill Unsigned(SkillArtifact artifact)
    {
        if (artifact.Find(PayloadDigest.SignatureEntry) is not null)
        {
            return Verify(artifact);
        }

        var manifest = ManifestReader.Read(artifact);
        if (!manifest.Integrity.IsEmpty)
        {
            CheckFiles(artifact, manifest);
        }

        // Nobody answers for it, so somebody has to for each call.
        manifest = manifest with { Tools = [.. manifest.Tools.Select(tool => tool with { RequiresApproval = true })] };
        return new SignedSkill(artifact, manifest, SkillSignature.None(manifest.Publisher), CapabilitiesFileReader.Read(artifact, manifest));
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
