using System.Collections.Immutable;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Registries;

/// <summary>Files of a registry that hold a statement on each line. One line that is not the registry's word makes the file another file than the registry's.</summary>
internal static class RegistryLines
{
    /// <summary>Bytes of such a file.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Lines of such a file.</summary>
    public const int MaxLines = 10_000;

    /// <exception cref="FormatException">It is too large, or a line is not the registry's word.</exception>
    public static ImmutableArray<T> Read<T>(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, T> read)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"it has more than {MaxBytes} bytes");
        }

        var lines = BundleLines.Of(bytes).Take(MaxLines + 1).ToList();
        return lines.Count <= MaxLines ? [.. lines.Select(read)] : throw new FormatException($"it has more than {MaxLines} lines");
    }
}
