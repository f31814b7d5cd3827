namespace PluginHost.Capabilities.Files;

/// <summary>
/// Walks a guest's path from a directory, one opened component after the other. It cannot leave the directory where it
/// began: ".." goes back to a handle that the walk itself opened, and there is none above the first. A symbolic link on the
/// way is replaced by its text, which is walked like the rest.
/// </summary>
internal sealed class PathWalk : IDisposable
{
    private const int MaxComponents = 128;

    /// <summary>Links on one way, as on Linux.</summary>
    private const int MaxLinks = 40;

    private readonly Stack<IDirectoryNode> _opened = new();
    private readonly Stack<string> _ahead = new();
    private readonly IDirectoryNode _start;
    private int _links;

    private PathWalk(IDirectoryNode start) => _start = start;

    /// <summary>The directory that holds the last component, or that is meant itself where there is none.</summary>
    public IDirectoryNode Directory => _opened.TryPeek(out var top) ? top : _start;

    /// <summary>The last component; null where the path means <see cref="Directory"/>.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether a slash at the end says that a directory is meant.</summary>
    public bool MustBeDirectory { get; private set; }

    /// <summary>Walks to the last component.</summary>
    /// <param name="start">Where the path begins.</param>
    /// <param name="path">The path.</param>
    /// <param name="followsLast">Whether a link at the end is followed, too.</param>
    /// <exception cref="FileTreeException">The path leads out, is no path, or a component is no directory.</exception>
    public static PathWalk To(IDirectoryNode start, string path, bool followsLast = false)
    {
        var walk = new PathWalk(start);
        try
        {
            walk.Follow(path, followsLast);
            return walk;
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    /// <summary>What the path leads to.</summary>
    /// <exception cref="FileTreeException">There is nothing, or no directory although the path means one.</exception>
    public FileStatus Status()
    {
        if (Name is not { } name)
        {
            return Directory.Status;
        }

        var status = Directory.StatusOf(name);
        return MustBeDirectory && status.Kind != FileKind.Directory ? throw new FileTreeException(FileError.NotADirectory) : status;
    }

    public void Dispose()
    {
        while (_opened.TryPop(out var directory))
        {
            directory.Dispose();
        }
    }

    private void Follow(string path, bool followsLast)
    {
        Push(path);
        do
        {
            while (_ahead.TryPop(out var component))
            {
                Step(component);
            }
        }
        while (followsLast && Name is { } last && TryFollow(last));
    }

    /// <summary>Puts the components of a path before what is still ahead.</summary>
    private void Push(string path)
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
        if (components.Length + _ahead.Count > MaxComponents)
        {
            throw new FileTreeException(FileError.InvalidName);
        }

        MustBeDirectory |= _ahead.Count == 0 && components[^1] is "" or "." or "..";
        foreach (var component in components.Reverse())
        {
            _ahead.Push(component);
        }
    }

    private void Step(string component)
    {
        if (component is "" or ".")
        {
            return;
        }

        // The component met before turned out not to be the last.
        if (Name is { } name && !TryEnter(name))
        {
            _ahead.Push(component);
            Push(Target(name));
            return;
        }

        if (component != "..")
        {
            Name = component;
        }
        else if (_opened.TryPop(out var left))
        {
            left.Dispose();
        }
        else
        {
            throw new FileTreeException(FileError.Denied);
        }
    }

    /// <returns>False where the name is a link.</returns>
    private bool TryEnter(string name)
    {
        Name = null;
        try
        {
            _opened.Push(Directory.OpenDirectory(name));
            return true;
        }
        catch (FileTreeException e) when (e.Error is FileError.Link or FileError.NotADirectory && IsLink(name))
        {
            return false;
        }
    }

    private bool TryFollow(string name)
    {
        if (!IsLink(name))
        {
            return false;
        }

        Name = null;
        Push(Target(name));
        return true;
    }

    private bool IsLink(string name)
    {
        try
        {
            return Directory.StatusOf(name).Kind == FileKind.Link;
        }
        catch (FileTreeException e) when (e.Error == FileError.NotFound)
        {
            return false;
        }
    }

    private string Target(string name) =>
        ++_links <= MaxLinks ? Directory.ReadLink(name) : throw new FileTreeException(FileError.Link);
}
