namespace PluginHost.Capabilities.Files;

/// <summary>
/// An open directory. Every operation takes a single name, never a path: no string can lead out of it, and links are
/// not followed.
/// </summary>
internal interface IDirectoryNode : IDisposable
{
    FileStatus Status { get; }

    /// <summary>A second handle of the same directory.</summary>
    IDirectoryNode Duplicate();

    IDirectoryNode OpenDirectory(string name);

    IFileNode OpenFile(string name, FileOpenOptions options);

    FileStatus StatusOf(string name);

    /// <summary>Says when an entry, or the directory itself where the name is null, was used; a null time stays.</summary>
    void SetTimes(string? name, DateTimeOffset? accessed, DateTimeOffset? modified);

    void CreateDirectory(string name);

    void RemoveDirectory(string name);

    void RemoveFile(string name);

    /// <summary>Moves an entry to a directory of the same tree.</summary>
    void Rename(string name, IDirectoryNode target, string newName);

    /// <summary>Gives a file, or a symbolic link itself, a second name in a directory of the same tree.</summary>
    void Link(string name, IDirectoryNode target, string newName);

    /// <summary>Creates a symbolic link. The target is text, which whoever follows it resolves.</summary>
    void CreateLink(string name, string target);

    /// <summary>The target of a symbolic link.</summary>
    string ReadLink(string name);

    /// <summary>Names in ordinal order, at most a bounded number of them.</summary>
    IReadOnlyList<FileEntry> List();
}
