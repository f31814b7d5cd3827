using PluginHost.Skills.Artifacts;

namespace PluginHost.Hosting;

/// <summary>Reads the file of a package, once and bounded.</summary>
internal static class PackageFile
{
    /// <exception cref="SkillVerificationException">It is larger than packages are.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > ArchiveLimits.TotalBytes)
        {
            throw new SkillVerificationException("archive", "size", $"the file has {file.Length} bytes, more than {ArchiveLimits.TotalBytes}");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
