namespace PluginHost.Abi.Wasi;

/// <summary>Error numbers of preview 1 that this host returns.</summary>
internal enum Errno
{
    Success = 0,
    TooBig = 1,
    Access = 2,
    BadDescriptor = 8,
    Exists = 20,
    Fault = 21,
    FileTooBig = 22,
    IllegalSequence = 25,
    Invalid = 28,
    Io = 29,
    IsDirectory = 31,
    Loop = 32,
    TooManyFiles = 33,
    NameTooLong = 37,
    NoEntry = 44,
    NoSpace = 51,
    NotImplemented = 52,
    NotDirectory = 54,
    NotEmpty = 55,
    NotSocket = 57,
    NotSupported = 58,
    NotPermitted = 63,
    ReadOnly = 69,
    NotSeekable = 70,
    CrossDevice = 75,
    NotCapable = 76,
}
