namespace PluginHost.Capabilities.Files;

/// <summary>What an entry of a directory is.</summary>
internal enum FileKind
{
    Unknown,
    Directory,
    Regular,
    Link,
}
