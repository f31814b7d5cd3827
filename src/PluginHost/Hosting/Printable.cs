using System.Globalization;

namespace PluginHost.Hosting;

/// <summary>Text that a guest or publisher may have chosen, made safe for terminals and readers.</summary>
internal static class Printable
{
    /// <summary>Characters of a text.</summary>
    private const int MaxText = 4096;

    /// <summary>The text, cut, with control, format and other characters escaped that are invisible or turn the direction of reading.</summary>
    public static string Text(string text) =>
        string.Concat((text.Length <= MaxText ? text : text[..MaxText] + "…").Select(c => IsUnsafe(c) ? $"\\u{(int)c:x4}" : c.ToString()));

    private static bool IsUnsafe(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned
        || c is '\u115F' or '\u1160' or '\u3164' or '\uFFA0';
}
