using System.Text;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Capabilities.Files;

/// <summary>Which names an entry may have, on every system alike.</summary>
internal static class FileNames
{
    /// <summary>Entries of one directory that are listed or, in memory, exist.</summary>
    public const int MaxEntries = 65_536;

    private const int MaxBytes = 255;

    public static void Check(string name)
    {
        if (!IsName(name))
        {
            throw new FileTreeException(FileError.InvalidName);
        }
    }

    public static bool IsName(string name) => !(name.Length == 0 || name is "." or ".." || Encoding.UTF8.GetByteCount(name) > MaxBytes
            || name.AsSpan().IndexOfAny("/\\\0:") >= 0 || name.EndsWith('.') || name.EndsWith(' ') || DeviceNames.Contain(name));
}
