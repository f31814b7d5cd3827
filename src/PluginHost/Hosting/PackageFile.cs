using PluginHost.Capabilities.Files;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Transparency;

namespace PluginHost.Hosting;

/// <summary>Reads the file of a package, once and bounded.</summary>
internal static class PackageFile
{
    private const string EvidenceExtension = ".intoto.jsonl";

    /// <summary>
    /// The bundle of evidence beside a package, and the proofs of logs for its links; empty where there is none that could be read. It has no authority of
    /// its own, so nothing fails for it.
    /// </summary>
    public static byte[] Evidence(string path)
    {
        var bundle = ReadBeside(path + EvidenceExtension, EvidenceBundle.MaxBytesWithProofs);

        // One that is longer is read as far as it may go, and tells that it was: else whoever makes it longer hides it.
        bundle = bundle.Length > EvidenceBundle.MaxBytesWithProofs ? EvidenceBundle.Cut(bundle) : bundle;
        return bundle.Length == 0 ? bundle : WithProofs(path, bundle);
    }

    /// <summary>Proofs in files become lines of the bundle, so that wherever it goes they go.</summary>
    private static byte[] WithProofs(string path, byte[] bundle)
    {
        using var whole = new MemoryStream();
        whole.Write(bundle);
        if (bundle[^1] != '\n')
        {
            whole.WriteByte((byte)'\n');
        }

        var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, LinkProof.Folder);
        Add("", path + LogProof.Extension);
        foreach (var line in BundleLines.Envelopes(bundle))
        {
            if (LinkProof.IsLine(line.Span))
            {
                continue;
            }

            try
            {
                var id = DsseEnvelope.Read(line).Id;
                Add(id, Path.Combine(folder, id + LogProof.Extension));
            }
            catch (FormatException)
            {
                // What is no envelope has no proof.
            }
        }

        return whole.ToArray();

        void Add(string link, string file)
        {
            var proof = ReadBeside(file, LogProof.MaxBytes);
            var line = proof.Length is 0 or > LogProof.MaxBytes ? [] : LinkProof.Line(link, proof);
            if (whole.Length + line.Length <= EvidenceBundle.MaxBytesWithProofs)
            {
                whole.Write(line);
            }
        }
    }

    private static byte[] ReadBeside(string path, int maxBytes)
    {
        try
        {
            var beside = new FileInfo(path);
            return beside.Exists && (!OperatingSystem.IsLinux() || LinuxFiles.KindOf(beside.FullName) is FileKind.Regular) ? BoundedFile.Begin(beside.FullName, maxBytes) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <exception cref="SkillVerificationException">It is no file that could be a package.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path)
    {
        var found = new FileInfo(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory");
        }

        // Pipes and devices have no length; opening one could wait for ever.
        if (found.Exists && found.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
        {
            found = target;
        }

        if (OperatingSystem.IsLinux() && found.Exists && LinuxFiles.KindOf(Path.GetFullPath(path)) is not FileKind.Regular)
        {
            throw new SkillVerificationException("archive", "form", "this is no regular file");
        }

        if (found.Exists && found.Length is 0 or > ArchiveLimits.TotalBytes)
        {
            throw found.Length == 0
                ? new SkillVerificationException("archive", "form", "the file is empty, or no file")
                : new SkillVerificationException("archive", "size", $"the file has {found.Length} bytes, more than {ArchiveLimits.TotalBytes}");
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var bytes = new byte[Math.Min(file.Length, ArchiveLimits.TotalBytes + 1L)];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException(e.Message, e);
        }
    }
}
