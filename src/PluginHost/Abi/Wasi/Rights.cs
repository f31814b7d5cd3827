namespace PluginHost.Abi.Wasi;

/// <summary>Rights of a descriptor (preview 1). They only ever shrink; the grant is checked besides.</summary>
[Flags]
internal enum Rights : ulong
{
    None = 0,
    Read = 1 << 1,
    Seek = 1 << 2,
    Tell = 1 << 5,
    Write = 1 << 6,
    Allocate = 1 << 8,
    CreateDirectory = 1 << 9,
    CreateFile = 1 << 10,
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
    RemoveDirectory = 1 << 25,
    RemoveFile = 1 << 26,
    All = (1 << 30) - 1,

    /// <summary>What changes anything.</summary>
    Changing = Write | Allocate | CreateDirectory | CreateFile | RenameSource | RenameTarget | PathSetSize | PathSetTimes | SetSize | SetTimes
        | RemoveDirectory | RemoveFile,
}
