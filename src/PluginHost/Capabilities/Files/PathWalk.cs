namespace PluginHost.Capabilities.Files;

/// <summary>
/// Walks a guest's path from a directory, one opened component after the other. It cannot leave the directory where it
/// began: ".." goes back to a handle that the walk itself opened, and there is none above the first.
/// </summary>
internal sealed class PathWalk : IDisposable
{
    private const int MaxComponents = 128;
    private readonly Stack<IDirectoryNode> _opened = new();
    private readonly IDirectoryNode _start;

    private PathWalk(IDirectoryNode start) => _start = start;

    /// <summary>The directory that holds the last component, or that is meant itself where there is none.</summary>
    public IDirectoryNode Directory => _opened.TryPeek(out var top) ? top : _start;

    /// <summary>The last component; null where the path means <see cref="Directory"/>.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether a slash at the end says that a directory is meant.</summary>
    public bool MustBeDirectory { get; private set; }

    /// <exception cref="FileTreeException">The path leads out, is no path, or a component is no directory.</exception>
    public static PathWalk To(IDirectoryNode start, string path)
    {
        var walk = new PathWalk(start);
        try
        {
            walk.Follow(path);
            return walk;
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_opened.TryPop(out var directory))
        {
            directory.Dispose();
        }
    }

    private void Follow(string path)
    {
        if (path.Length == 0)
        {
            throw new FileTreeException(FileError.NotFound);
        }

        if (path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal))
        {
            throw new FileTreeException(FileError.Denied);
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileTreeException(FileError.InvalidName);
        }

        var components = path.Split('/');
        if (components.Length > MaxComponents)
        {
            throw new FileTreeException(FileError.InvalidName);
        }

        MustBeDirectory = components[^1] is "" or "." or "..";
        foreach (var component in components)
        {
            Step(component);
        }
    }

    private void Step(string component)
    {
        if (component is "" or ".")
        {
            return;
        }

        Descend();
        if (component != "..")
        {
            Name = component;
            return;
        }

        if (!_opened.TryPop(out var left))
        {
            throw new FileTreeException(FileError.Denied);
        }

        left.Dispose();
    }

    /// <summary>Enters the component met before, which turned out not to be the last.</summary>
    private void Descend()
    {
        if (Name is { } name)
        {
            _opened.Push(Directory.OpenDirectory(name));
            Name = null;
        }
    }
}
