using PluginHost.Capabilities.Files;

namespace PluginHost.State;

/// <summary>Where the host's own files lie: no directory that a guest may use holds them or lies in them.</summary>
/// <param name="directories">Directories that are the host's whole.</param>
/// <param name="files">Single files, whose directories may hold other things.</param>
internal sealed class ProtectedPlaces(IEnumerable<string?> directories, IEnumerable<string?> files)
{
    private readonly string[] _directories = [.. directories.OfType<string>()];
    private readonly string[] _files = [.. files.OfType<string>()];

    /// <summary>Compares where things really are: a link to a directory is that directory.</summary>
    public bool Overlap(HostDirectory mapped)
    {
        var path = mapped.RealPath;
        return _directories.Select(RealPath).Any(own => IsWithin(own, path) || IsWithin(path, own))
            || _files.SelectMany(Names).Select(file => RealPath(Path.GetDirectoryName(file)!)).Any(own => IsWithin(own, path));
    }

    /// <summary>A file and what it is a link to.</summary>
    private static IEnumerable<string> Names(string file)
    {
        var path = Path.GetFullPath(file);
        return File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? [path, target.FullName] : [path];
    }

    private static string RealPath(string directory)
    {
        using var opened = HostDirectory.Open(directory);
        return opened.RealPath;
    }

    private static bool IsWithin(string path, string directory) =>
        (path.TrimEnd('/') + '/').StartsWith(directory.TrimEnd('/') + '/', StringComparison.Ordinal);
}
