namespace PluginHost.Capabilities.Files;

/// <summary>Why a file operation failed, in terms that every kind of tree shares.</summary>
internal enum FileError
{
    NotFound,
    Exists,
    NotADirectory,
    IsADirectory,
    NotEmpty,
    Link,
    NotALink,
    CrossDevice,
    Denied,
    NoSpace,
    InvalidName,
    TooLarge,
    Unsupported,
    Failed,
}
