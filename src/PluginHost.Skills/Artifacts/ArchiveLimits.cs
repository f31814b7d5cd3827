namespace PluginHost.Skills.Artifacts;

/// <summary>The limits of the package format.</summary>
internal static class ArchiveLimits
{
    /// <summary>Bytes of the file, and of all entries together when unpacked.</summary>
    public const int TotalBytes = 64 * 1024 * 1024;

    /// <summary>Bytes of an entry when unpacked.</summary>
    public const int EntryBytes = 16 * 1024 * 1024;

    /// <summary>Entries, directories included.</summary>
    public const int Entries = 256;
}
