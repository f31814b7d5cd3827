namespace PluginHost.Capabilities.Files;

/// <summary>A directory of a <see cref="MemoryTree"/>. What is created in it counts towards its quota.</summary>
internal sealed class MemoryDirectory : IDirectoryNode
{
    private readonly SortedDictionary<string, object> _entries = new(StringComparer.Ordinal);
    private readonly MemoryTree _tree;
    private readonly SpaceQuota _quota;
    private readonly ulong _id;
    private DateTimeOffset _modified;
    private MemoryDirectory? _parent;
    private bool _removed;

    internal MemoryDirectory(MemoryTree tree, SpaceQuota quota)
    {
        _tree = tree;
        _quota = quota;
        _id = tree.NextId();
        _modified = tree.Now;
    }

    public FileStatus Status
    {
        get
        {
            lock (_tree.Gate)
            {
                return StatusHere;
            }
        }
    }

    private FileStatus StatusHere => new(FileKind.Directory, _id, 1, 0, _modified);

    public IDirectoryNode Duplicate() => this;

    public IDirectoryNode OpenDirectory(string name)
    {
        lock (_tree.Gate)
        {
            return Directory(name);
        }
    }

    public IFileNode OpenFile(string name, FileOpenOptions options)
    {
        lock (_tree.Gate)
        {
            return new MemoryHandle(FileToOpen(name, options), _tree.Gate);
        }
    }

    public FileStatus StatusOf(string name)
    {
        lock (_tree.Gate)
        {
            return Find(name) switch
            {
                MemoryDirectory directory => directory.StatusHere,
                MemoryFile file => file.Status,
                _ => throw new FileTreeException(FileError.NotFound),
            };
        }
    }

    public void SetModified(string? name, DateTimeOffset time)
    {
        lock (_tree.Gate)
        {
            switch (name is null ? this : Find(name))
            {
                case MemoryDirectory directory:
                    directory._modified = time;
                    break;
                case MemoryFile file:
                    file.SetModified(time);
                    break;
                default:
                    throw new FileTreeException(FileError.NotFound);
            }
        }
    }

    public void CreateDirectory(string name) => CreateDirectory(name, _quota);

    /// <summary>Creates a directory whose content has a quota of its own.</summary>
    public MemoryDirectory CreateDirectory(string name, SpaceQuota quota)
    {
        lock (_tree.Gate)
        {
            if (Find(name) is not null)
            {
                throw new FileTreeException(FileError.Exists);
            }

            var created = new MemoryDirectory(_tree, quota) { _parent = this };
            Add(name, created);
            return created;
        }
    }

    public void RemoveDirectory(string name)
    {
        lock (_tree.Gate)
        {
            var removed = Directory(name);
            KeepRoot(removed);
            if (removed._entries.Count > 0)
            {
                throw new FileTreeException(FileError.NotEmpty);
            }

            Remove(name, removed);
        }
    }

    public void RemoveFile(string name)
    {
        lock (_tree.Gate)
        {
            switch (Find(name))
            {
                case null:
                    throw new FileTreeException(FileError.NotFound);
                case MemoryDirectory:
                    throw new FileTreeException(FileError.IsADirectory);
                case var file:
                    Remove(name, file);
                    break;
            }
        }
    }

    public void Rename(string name, IDirectoryNode target, string newName)
    {
        lock (_tree.Gate)
        {
            var moved = Find(name) ?? throw new FileTreeException(FileError.NotFound);
            if (target is not MemoryDirectory directory || !ReferenceEquals(directory._quota, _quota) || directory._removed)
            {
                throw new FileTreeException(FileError.Unsupported);
            }

            var replaced = directory.Find(newName);
            if (ReferenceEquals(replaced, moved))
            {
                return;
            }

            KeepRoot(moved);
            directory.KeepRoot(replaced);
            directory.CheckReplacement(moved, replaced);
            FileNames.Check(newName);
            if (replaced is not null)
            {
                directory.Remove(newName, replaced);
            }

            _entries.Remove(name);
            directory._entries[newName] = moved;
            if (moved is MemoryDirectory movedDirectory)
            {
                movedDirectory._parent = directory;
            }

            _modified = directory._modified = _tree.Now;
        }
    }

    public IReadOnlyList<FileEntry> List()
    {
        lock (_tree.Gate)
        {
            return [.. _entries.Select(entry => entry.Value is MemoryDirectory directory
                ? new FileEntry(entry.Key, FileKind.Directory, directory._id)
                : new FileEntry(entry.Key, FileKind.Regular, ((MemoryFile)entry.Value).Id))];
        }
    }

    public void Dispose()
    {
    }

    private MemoryDirectory Directory(string name) => Find(name) switch
    {
        MemoryDirectory directory => directory,
        null => throw new FileTreeException(FileError.NotFound),
        _ => throw new FileTreeException(FileError.NotADirectory),
    };

    private MemoryFile FileToOpen(string name, FileOpenOptions options)
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
            case null when options.Create:
                var created = new MemoryFile(_tree, _quota);
                Add(name, created);
                return created;
            default:
                throw new FileTreeException(FileError.NotFound);
        }
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

    /// <summary>A directory with a quota of its own is a root that somebody granted: it stays where it is.</summary>
    private void KeepRoot(object? entry)
    {
        if (entry is MemoryDirectory directory && !ReferenceEquals(directory._quota, _quota))
        {
            throw new FileTreeException(FileError.Unsupported);
        }
    }

    private object? Find(string name) => _entries.GetValueOrDefault(name);

    private void Add(string name, object entry)
    {
        FileNames.Check(name);
        if (_removed)
        {
            throw new FileTreeException(FileError.NotFound);
        }

        _quota.TakeEntry();
        _entries.Add(name, entry);
        _modified = _tree.Now;
    }

    private void Remove(string name, object entry)
    {
        _entries.Remove(name);
        _quota.ReturnEntry();
        _modified = _tree.Now;
        switch (entry)
        {
            case MemoryFile file:
                file.Unlink();
                break;
            case MemoryDirectory directory:
                directory._removed = true;
                break;
        }
    }
}
