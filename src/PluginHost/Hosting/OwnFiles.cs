using PluginHost.Capabilities.Files;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Hosting;

/// <summary>The assets of a package as its own guest sees them, under <c>/assets</c>.</summary>
internal static class OwnFiles
{
    public const string Root = "/assets";

    private const string Folder = "assets/";

    /// <exception cref="SkillVerificationException">An asset has a name that no file may have.</exception>
    public static FileGrant Of(SkillArtifact artifact, TimeProvider time)
    {
        var tree = new MemoryTree(2L * ArchiveLimits.TotalBytes, ArchivePaths.MaxBytes * ArchiveLimits.Entries, time);
        var root = tree.CreateRoot();
        foreach (var entry in artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal)))
        {
            try
            {
                Add(root, entry.Path[Folder.Length..].Split('/'), entry.Content);
            }
            catch (FileTreeException)
            {
                throw new SkillVerificationException("inspection", "asset", $"'{entry.Path}' is no path that a guest can be shown");
            }
        }

        return new FileGrant(Root, root, CanWrite: false) { IsOwn = true };
    }

    private static void Add(MemoryDirectory directory, string[] path, byte[] content)
    {
        foreach (var name in path[..^1])
        {
            if (!directory.List().Any(entry => entry.Name == name))
            {
                directory.CreateDirectory(name);
            }

            directory = (MemoryDirectory)directory.OpenDirectory(name);
        }

        using var file = directory.OpenFile(path[^1], new FileOpenOptions(Write: true, Create: true, Exclusive: true, Truncate: false));
        file.Write(content, 0);
    }
}
