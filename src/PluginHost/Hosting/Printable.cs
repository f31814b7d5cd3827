using System.Globalization;
using System.Text;

namespace PluginHost.Hosting;

/// <summary>Text that a guest or publisher may have chosen, made safe for terminals and readers.</summary>
internal static class Printable
{
    /// <summary>Characters of a text.</summary>
    private const int MaxText = 4096;

    /// <summary>The text, cut, with control, format and other characters escaped that are invisible or turn the direction of reading.</summary>
    public static string Text(string text)
    {
        var safe = new StringBuilder();
        foreach (var rune in (text.Length <= MaxText ? text : text[..MaxText] + "…").EnumerateRunes())
        {
            if (IsUnsafe(rune))
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x4}}}");
            }
            else
            {
                safe.Append(rune.ToString());
            }
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);
}
