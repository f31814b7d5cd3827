using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// Makes packages. The author's manifest stays as it was written; the list of files follows it. The same content and time of
/// signing make the same bytes. What was built is walked through the rooms before it is handed out.
/// </summary>
internal static class PackageBuilder
{
    /// <summary>The earliest time that ZIP can tell.</summary>
    private static readonly DateTimeOffset DosEpoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A regular file, readable by all and writable by its owner.</summary>
    private const int RegularFile = 0x81A4 << 16;

    /// <exception cref="SkillVerificationException">The content breaks a rule; the same that a reader would name.</exception>
    public static byte[] Build(PackageContent content, SigningKey key, DateTimeOffset signedAt)
    {
        List<ArchiveEntry> listed =
        [
            .. content.Files.Select(file => file with { Path = ArchivePaths.Normalize(file.Path) }),
            new(SbomInspection.Entry, content.Sbom),
        ];
        listed.Add(new ArchiveEntry(ProvenanceInspection.Entry, content.Provenance ?? PackagingStatement.Write(content.Manifest, listed)));
        if (listed.GroupBy(entry => entry.Path, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new SkillVerificationException("archive", "duplicate", $"'{twice.Key}' is there twice");
        }

        listed.Sort((x, y) => Order(x.Path, y.Path));
        var manifest = WithFiles(content.Manifest, listed);
        List<ArchiveEntry> entries = [.. listed, new(ManifestReader.Entry, manifest)];
        entries.Add(new ArchiveEntry(
            PayloadDigest.SignatureEntry, SkillSignature.Sign(PayloadDigest.Of(entries), ManifestReader.Read(manifest).Publisher, key, signedAt)));
        entries.Sort((x, y) => Order(x.Path, y.Path));

        var package = Zip(entries);
        SkillInspection.Of(SignedSkill.Verify(SkillArtifact.Read(package)));
        return package;
    }

    private static int Order(string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));

    /// <summary>The author's bytes and the list of files behind them.</summary>
    private static byte[] WithFiles(byte[] manifest, IEnumerable<ArchiveEntry> files)
    {
        var read = ManifestReader.Read(manifest);
        var digests = files.ToDictionary(file => file.Path, file => Convert.ToHexStringLower(SHA256.HashData(file.Content)), StringComparer.Ordinal);
        if (!read.Integrity.IsEmpty)
        {
            return read.Integrity.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(digests.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                ? manifest
                : throw new SkillVerificationException("manifest", "integrity", "skill.toml has a list of files of its own that does not fit them; leave it out, the build writes it");
        }

        var text = new StringBuilder();
        foreach (var (path, digest) in digests.OrderBy(pair => pair.Key, Comparer<string>.Create(Order)))
        {
            text.Append($"\n[[integrity.files]]\npath = {Quoted(path)}\nsha256 = \"{digest}\"\n");
        }

        var separator = manifest.Length > 0 && manifest[^1] != '\n' ? "\n" : "";
        return [.. manifest, .. Encoding.UTF8.GetBytes(separator + text)];
    }

    /// <summary>A basic string of TOML. Paths hold no control characters and no quotes, so nothing else needs an escape.</summary>
    private static string Quoted(string path) => $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal)}\"";

    private static byte[] Zip(IEnumerable<ArchiveEntry> entries)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, bytes) in entries)
            {
                var entry = zip.CreateEntry(path, CompressionLevel.SmallestSize);
                entry.LastWriteTime = DosEpoch;
                entry.ExternalAttributes = RegularFile;
                using var stream = entry.Open();
                stream.Write(bytes);
            }
        }

        return file.ToArray();
    }
}
