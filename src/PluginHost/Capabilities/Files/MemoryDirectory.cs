namespace PluginHost.Capabilities.Files;

/// <summary>A directory of a <see cref="MemoryTree"/>. What is created in it counts towards its quota.</summary>
internal sealed class MemoryDirectory : MemoryEntry, IDirectoryNode
{
    private readonly SortedDictionary<string, MemoryEntry> _entries = new(StringComparer.Ordinal);
    private readonly MemoryTree _tree;
    private readonly SpaceQuota _quota;
    private MemoryDirectory? _parent;

    internal MemoryDirectory(MemoryTree tree, SpaceQuota quota)
        : base(tree)
    {
        _tree = tree;
        _quota = quota;
    }

    public override FileStatus Status
    {
        get
        {
            lock (_tree.Gate)
            {
                return new(FileKind.Directory, Id, (ulong)Names, 0, Times);
            }
        }
    }

    private bool IsRemoved => Names == 0;

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
            return Existing(name).Status;
        }
    }

    public void SetTimes(string? name, DateTimeOffset? accessed, DateTimeOffset? modified)
    {
        lock (_tree.Gate)
        {
            (name is null ? this : Existing(name)).SetTimes(accessed, modified);
        }
    }

    public void CreateDirectory(string name) => CreateDirectory(name, _quota);

    /// <summary>Creates a directory whose content has a quota of its own.</summary>
    public MemoryDirectory CreateDirectory(string name, SpaceQuota quota)
    {
        lock (_tree.Gate)
        {
            CheckFree(name);
            var created = new MemoryDirectory(_tree, quota) { _parent = this };
            Add(name, created);
            return created;
        }
    }

    public void RemoveDirectory(string name)
    {
        lock (_tree.Gate)
        {
            if (Existing(name) is not MemoryDirectory removed)
            {
                throw new FileTreeException(FileError.NotADirectory);
            }

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
            var removed = Existing(name);
            Remove(name, removed is MemoryDirectory ? throw new FileTreeException(FileError.IsADirectory) : removed);
        }
    }

    public void Rename(string name, IDirectoryNode target, string newName)
    {
        lock (_tree.Gate)
        {
            var moved = Existing(name);
            var directory = Same(target);
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

            Touch();
            directory.Touch();
        }
    }

    public void Link(string name, IDirectoryNode target, string newName)
    {
        lock (_tree.Gate)
        {
            var linked = Existing(name);
            if (linked is MemoryDirectory)
            {
                throw new FileTreeException(FileError.Denied);
            }

            var directory = Same(target);
            directory.CheckFree(newName);
            directory.Add(newName, linked);
            linked.Link();
        }
    }

    public void CreateLink(string name, string target)
    {
        lock (_tree.Gate)
        {
            CheckFree(name);
            FileNames.Check(name);
            CheckHere();
            _quota.CheckEntry();
            Add(name, new MemoryLink(_tree, _quota, target));
        }
    }

    public string ReadLink(string name)
    {
        lock (_tree.Gate)
        {
            return Existing(name) is MemoryLink link ? link.Target : throw new FileTreeException(FileError.NotALink);
        }
    }

    public IReadOnlyList<FileEntry> List()
    {
        lock (_tree.Gate)
        {
            return [.. _entries.Select(entry => new FileEntry(entry.Key, entry.Value.Status.Kind, entry.Value.Id))];
        }
    }

    public void Dispose()
    {
    }

    protected override void Forgotten()
    {
    }

    private MemoryDirectory Directory(string name) => Existing(name) switch
    {
        MemoryDirectory directory => directory,
        MemoryLink => throw new FileTreeException(FileError.Link),
        _ => throw new FileTreeException(FileError.NotADirectory),
    };

    private MemoryFile FileToOpen(string name, FileOpenOptions options)
    {
        switch (Find(name))
        {
            case not null when options is { Create: true, Exclusive: true }:
                throw new FileTreeException(FileError.Exists);
            case MemoryDirectory:
                throw new FileTreeException(FileError.IsADirectory);
            case MemoryLink:
                throw new FileTreeException(FileError.Link);
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

    private void CheckReplacement(MemoryEntry moved, MemoryEntry? replaced)
    {
        switch (moved, replaced)
        {
            case (not MemoryDirectory, MemoryDirectory):
                throw new FileTreeException(FileError.IsADirectory);
            case (MemoryDirectory, not MemoryDirectory and not null):
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
    private void KeepRoot(MemoryEntry? entry)
    {
        if (entry is MemoryDirectory directory && !ReferenceEquals(directory._quota, _quota))
        {
            throw new FileTreeException(FileError.Unsupported);
        }
    }

    /// <summary>The directory that something of this one may be moved or linked to: what is in it counts towards the same quota.</summary>
    private MemoryDirectory Same(IDirectoryNode target) => target is MemoryDirectory directory && ReferenceEquals(directory._quota, _quota)
        ? directory.IsRemoved ? throw new FileTreeException(FileError.NotFound) : directory
        : throw new FileTreeException(FileError.CrossDevice);

    private MemoryEntry? Find(string name) => _entries.GetValueOrDefault(name);

    private MemoryEntry Existing(string name) => Find(name) ?? throw new FileTreeException(FileError.NotFound);

    private void CheckFree(string name)
    {
        if (Find(name) is not null)
        {
            throw new FileTreeException(FileError.Exists);
        }
    }

    private void CheckHere()
    {
        if (IsRemoved)
        {
            throw new FileTreeException(FileError.NotFound);
        }
    }

    private void Add(string name, MemoryEntry entry)
    {
        FileNames.Check(name);
        CheckHere();
        _quota.TakeEntry();
        _entries.Add(name, entry);
        Touch();
    }

    private void Remove(string name, MemoryEntry entry)
    {
        _entries.Remove(name);
        _quota.ReturnEntry();
        Touch();
        entry.Unlink();
    }
}
