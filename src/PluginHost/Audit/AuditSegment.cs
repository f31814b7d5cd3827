using System.Globalization;

namespace PluginHost.Audit;

/// <summary>A finished part of a log, in a file of its own: the log's name, a dot and six digits.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Number">Its number, from 1.</param>
internal sealed record AuditSegment(string Path, int Number)
{
    /// <summary>Number of what stands for a whole log of another process.</summary>
    public const int WholeLog = int.MaxValue;

    private const int Digits = 6;

    /// <summary>Its files.</summary>
    public IEnumerable<string> Files => Number == WholeLog ? AuditFiles.Parts(Path) : [Path];

    /// <summary>Its length.</summary>
    public long Bytes => Files.Select(file => new FileInfo(file)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>When it was written last.</summary>
    public DateTime Ended => File.GetLastWriteTimeUtc(Path);

    /// <summary>Finished segments of a log, the oldest first.</summary>
    public static List<AuditSegment> Of(string log)
    {
        var full = System.IO.Path.GetFullPath(log);
        var name = System.IO.Path.GetFileName(full);
        var folder = System.IO.Path.GetDirectoryName(full)!;
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder)
            .Where(file => System.IO.Path.GetFileName(file).StartsWith(name + '.', StringComparison.Ordinal))
            .Select(file => (File: file, Suffix: System.IO.Path.GetFileName(file)[(name.Length + 1)..]))
            .Where(item => item.Suffix.Length == Digits && item.Suffix.All(char.IsAsciiDigit))
            .Select(item => new AuditSegment(item.File, int.Parse(item.Suffix, CultureInfo.InvariantCulture)))
            .OrderBy(segment => segment.Number)];
    }

    public static AuditSegment After(string log, int number) => new($"{log}.{(number + 1).ToString($"D{Digits}", CultureInfo.InvariantCulture)}", number + 1);
}
