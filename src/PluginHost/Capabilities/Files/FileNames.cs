using System.Text;

namespace PluginHost.Capabilities.Files;

/// <summary>Which names an entry may have, on every system alike.</summary>
internal static class FileNames
{
    /// <summary>Entries of one directory that are listed or, in memory, exist.</summary>
    public const int MaxEntries = 65_536;

    private const int MaxBytes = 255;
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", "conin$", "conout$"];

    public static void Check(string name)
    {
        if (name.Length == 0 || name is "." or ".." || Encoding.UTF8.GetByteCount(name) > MaxBytes
            || name.AsSpan().IndexOfAny("/\\\0:") >= 0 || name.EndsWith('.') || name.EndsWith(' ') || IsDevice(name))
        {
            throw new FileTreeException(FileError.InvalidName);
        }
    }

    /// <summary>Names that Windows takes for devices in any directory, with any extension.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ').ToLowerInvariant();
        return Devices.Contains(stem)
            || (stem.Length == 4 && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal))
                && (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³'));
    }
}
