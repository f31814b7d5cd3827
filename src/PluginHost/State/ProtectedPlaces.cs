using PluginHost.Capabilities.Files;

namespace PluginHost.State;

/// <summary>Where the host's own files lie: no directory that a guest may use holds them or lies in them.</summary>
/// <param name="directories">Directories that are the host's whole.</param>
/// <param name="files">Single files, whose directories may hold other things.</param>
internal sealed class ProtectedPlaces(IEnumerable<string?> directories, IEnumerable<string?> files)
{
    private readonly string[] _directories = [.. directories.OfType<string>()];
    private readonly string[] _files = [.. files.OfType<string>()];

    /// <summary>Compares what directories are, not what they are called: links and second mounts of a directory are that directory.</summary>
    public bool Overlap(HostDirectory mapped)
    {
        var place = mapped.Ancestry();
        return _directories.Select(Ancestry).Any(own => own.Contains(place[0]) || place.Contains(own[0]))
            || _files.SelectMany(Names).Select(file => Ancestry(Path.GetDirectoryName(file)!)).Any(own => own.Contains(place[0]));
    }

    /// <summary>A file and what it is a link to.</summary>
    private static IEnumerable<string> Names(string file)
    {
        var path = Path.GetFullPath(file);
        return File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? [path, target.FullName] : [path];
    }

    private static IReadOnlyList<FileIdentity> Ancestry(string directory)
    {
        using var opened = HostDirectory.Open(directory);
        return opened.Ancestry();
    }
}
