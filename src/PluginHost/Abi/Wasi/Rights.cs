namespace PluginHost.Abi.Wasi;

/// <summary>Rights of a descriptor (preview 1). They only ever shrink; the grant is checked besides.</summary>
[Flags]
internal enum Rights : ulong
{
    None = 0,
    DataSync = 1 << 0,
    Read = 1 << 1,
    Seek = 1 << 2,
    SetFlags = 1 << 3,
    Sync = 1 << 4,
    Tell = 1 << 5,
    Write = 1 << 6,
    Advise = 1 << 7,
    Allocate = 1 << 8,
    CreateDirectory = 1 << 9,
    CreateFile = 1 << 10,
    LinkSource = 1 << 11,
    LinkTarget = 1 << 12,
    Open = 1 << 13,
    ReadDirectory = 1 << 14,
    ReadLink = 1 << 15,
    RenameSource = 1 << 16,
    RenameTarget = 1 << 17,
    PathStatus = 1 << 18,
    PathSetSize = 1 << 19,
    PathSetTimes = 1 << 20,
    Status = 1 << 21,
    SetSize = 1 << 22,
    SetTimes = 1 << 23,
    Symlink = 1 << 24,
    RemoveDirectory = 1 << 25,
    RemoveFile = 1 << 26,
    Poll = 1 << 27,

    /// <summary>What can be done with a file.</summary>
    File = DataSync | Read | Seek | SetFlags | Sync | Tell | Write | Advise | Allocate | Status | SetSize | SetTimes | Poll,

    /// <summary>What can be done with a directory and with paths below it.</summary>
    Directory = SetFlags | Sync | CreateDirectory | CreateFile | LinkSource | LinkTarget | Open | ReadDirectory | ReadLink | RenameSource
        | RenameTarget | PathStatus | PathSetSize | PathSetTimes | Status | SetTimes | Symlink | RemoveDirectory | RemoveFile | Poll,

    /// <summary>What can be done with a stream.</summary>
    Stream = Read | Write | SetFlags | Status | Poll,

    /// <summary>All there are.</summary>
    All = File | Directory,

    /// <summary>What changes anything.</summary>
    Changing = Write | Allocate | CreateDirectory | CreateFile | LinkSource | LinkTarget | RenameSource | RenameTarget
        | PathSetSize | PathSetTimes | SetSize | SetTimes | Symlink | RemoveDirectory | RemoveFile,
}
