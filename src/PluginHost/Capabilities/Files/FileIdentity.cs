namespace PluginHost.Capabilities.Files;

/// <summary>What a file or directory of the machine is, by whatever name it was found.</summary>
/// <param name="Device">Its device.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);
