namespace PluginHost.Capabilities.Files;

/// <summary>A directory of a <see cref="MemoryTree"/>.</summary>
internal sealed class MemoryDirectory(MemoryTree tree) : IDirectoryNode
{
    private readonly SortedDictionary<string, object> _entries = new(StringComparer.Ordinal);
    private readonly MemoryTree _tree = tree;
    private readonly ulong _id = tree.NextId();
    private DateTimeOffset _modified = tree.Now;
    private MemoryDirectory? _parent;

    public FileStatus Status => new(FileKind.Directory, _id, 1, 0, _modified);

    public IDirectoryNode Duplicate() => this;

    public IDirectoryNode OpenDirectory(string name) => Find(name) switch
    {
        MemoryDirectory directory => directory,
        null => throw new FileTreeException(FileError.NotFound),
        _ => throw new FileTreeException(FileError.NotADirectory),
    };

    public IFileNode OpenFile(string name, FileOpenOptions options)
    {
        switch (Find(name))
        {
            case MemoryDirectory:
                throw new FileTreeException(FileError.IsADirectory);
            case MemoryFile when options is { Create: true, Exclusive: true }:
                throw new FileTreeException(FileError.Exists);
            case MemoryFile file:
                if (options.Truncate)
                {
                    file.SetLength(0);
                }

                return file;
            default:
                if (!options.Create)
                {
                    throw new FileTreeException(FileError.NotFound);
                }

                var created = new MemoryFile(_tree);
                Add(name, created);
                return created;
        }
    }

    public FileStatus StatusOf(string name) => Find(name) switch
    {
        MemoryDirectory directory => directory.Status,
        MemoryFile file => file.Status,
        _ => throw new FileTreeException(FileError.NotFound),
    };

    public void CreateDirectory(string name)
    {
        if (Find(name) is not null)
        {
            throw new FileTreeException(FileError.Exists);
        }

        Add(name, new MemoryDirectory(_tree) { _parent = this });
    }

    public void RemoveDirectory(string name)
    {
        if (((MemoryDirectory)OpenDirectory(name))._entries.Count > 0)
        {
            throw new FileTreeException(FileError.NotEmpty);
        }

        Remove(name);
    }

    public void RemoveFile(string name)
    {
        switch (Find(name))
        {
            case null:
                throw new FileTreeException(FileError.NotFound);
            case MemoryDirectory:
                throw new FileTreeException(FileError.IsADirectory);
            case MemoryFile file:
                // Open handles of a removed file keep working in no tree; its bytes are given back when they are cut.
                file.SetLength(0);
                Remove(name);
                break;
        }
    }

    public void Rename(string name, IDirectoryNode target, string newName)
    {
        var moved = Find(name) ?? throw new FileTreeException(FileError.NotFound);
        if (target is not MemoryDirectory directory || !ReferenceEquals(directory._tree, _tree))
        {
            throw new FileTreeException(FileError.Unsupported);
        }

        var replaced = directory.Find(newName);
        if (ReferenceEquals(replaced, moved))
        {
            return;
        }

        directory.CheckReplacement(moved, replaced);
        FileNames.Check(newName);
        if (replaced is not null)
        {
            (replaced as MemoryFile)?.SetLength(0);
            directory.Remove(newName);
        }

        _entries.Remove(name);
        directory._entries[newName] = moved;
        if (moved is MemoryDirectory movedDirectory)
        {
            movedDirectory._parent = directory;
        }

        _modified = directory._modified = _tree.Now;
    }

    public IReadOnlyList<FileEntry> List() =>
        [.. _entries.Select(entry => entry.Value is MemoryDirectory directory
            ? new FileEntry(entry.Key, FileKind.Directory, directory._id)
            : new FileEntry(entry.Key, FileKind.Regular, ((MemoryFile)entry.Value).Id))];

    public void Dispose()
    {
    }

    private void CheckReplacement(object moved, object? replaced)
    {
        switch (moved, replaced)
        {
            case (MemoryFile, MemoryDirectory):
                throw new FileTreeException(FileError.IsADirectory);
            case (MemoryDirectory, MemoryFile):
                throw new FileTreeException(FileError.NotADirectory);
            case (MemoryDirectory, MemoryDirectory { _entries.Count: > 0 }):
                throw new FileTreeException(FileError.NotEmpty);
        }

        for (var above = this; above is not null; above = above._parent)
        {
            if (ReferenceEquals(above, moved))
            {
                throw new FileTreeException(FileError.InvalidName);
            }
        }
    }

    private object? Find(string name) => _entries.GetValueOrDefault(name);

    private void Add(string name, object entry)
    {
        FileNames.Check(name);
        _tree.TakeEntry();
        _entries.Add(name, entry);
        _modified = _tree.Now;
    }

    private void Remove(string name)
    {
        _entries.Remove(name);
        _tree.ReturnEntry();
        _modified = _tree.Now;
    }
}
