using System.Globalization;
using System.Text;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// Which paths a package may hold. Beyond the format's own rule nothing is accepted that some file system reads as another
/// name: two hosts must never see different files in one package.
/// </summary>
internal static class ArchivePaths
{
    /// <summary>Bytes of a path.</summary>
    public const int MaxBytes = 1024;

    private static readonly System.Buffers.SearchValues<char> Forbidden = System.Buffers.SearchValues.Create("<>:\"|?*");

    /// <summary>The normal form of a path as written.</summary>
    /// <exception cref="SkillVerificationException">It breaks the rule.</exception>
    public static string Normalize(string written)
    {
        var path = written.Replace('\\', '/');
        if (Problem(path) is { } problem)
        {
            throw new SkillVerificationException("archive", "path", $"the path '{Shown(written)}' {problem}");
        }

        return path;
    }

    /// <summary>The form in which two paths that some file system takes for one are equal.</summary>
    public static string Folded(string path) => path.ToUpperInvariant();

    private static string? Problem(string path)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > MaxBytes)
        {
            return $"is empty or longer than {MaxBytes} bytes";
        }

        if (path.Any(char.IsControl) || path.AsSpan().IndexOfAny(Forbidden) >= 0)
        {
            return "holds a character that paths may not hold";
        }

        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or "." or "..")
            {
                return "is absolute or holds an empty, '.' or '..' segment";
            }

            if (segment != segment.Trim() || segment.EndsWith('.'))
            {
                return "holds a segment that begins or ends with white space, or ends with a dot";
            }

            if (DeviceNames.Contain(segment))
            {
                return "holds the name of a Windows device";
            }
        }

        return path.EnumerateRunes().Any(HasAnotherForm) ? "holds a character that has another Unicode form" : null;
    }

    /// <summary>
    /// Whether Unicode normalization could turn the character into another, or join it with its neighbour: combining marks,
    /// Korean letters apart, and characters that stand for others. Judged here and not by the framework's normalization,
    /// which does nothing in processes without culture data; two hosts must not differ.
    /// </summary>
    private static bool HasAnotherForm(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        || rune.Value is (>= 0x1100 and <= 0x11FF) or (>= 0xA960 and <= 0xA97F) or (>= 0xD7B0 and <= 0xD7FF)
            or 0x0374 or 0x037E or 0x0387 or (>= 0x1F71 and <= 0x1FFD) or 0x2000 or 0x2001 or 0x2126 or 0x212A or 0x212B or 0x2329 or 0x232A
            or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private static string Shown(string path) =>
        string.Concat((path.Length <= 100 ? path : path[..100]).Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
}
