using System.Globalization;
using System.Text;

namespace PluginHost.Hosting;

/// <summary>Text that a guest or publisher may have chosen, made safe for terminals and readers.</summary>
internal static class Printable
{
    /// <summary>Characters of a text.</summary>
    private const int MaxText = 4096;

    private const int MostSpaces = 2;

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

    /// <summary>
    /// The same for what somebody is to decide about: spaces that are none of the keyboard's, and many in a row, are told by number too, because
    /// they could push the rest of a line to where it looks like one of ours.
    /// </summary>
    public static string Words(string text)
    {
        var words = new StringBuilder();
        var spaces = 0;
        foreach (var c in Text(text) + '\0')
        {
            if (c == ' ')
            {
                spaces++;
                continue;
            }

            words.Append(spaces <= MostSpaces ? new string(' ', spaces) : string.Create(CultureInfo.InvariantCulture, $"\\u{{0020}}×{spaces}"));
            spaces = 0;
            if (c != '\0')
            {
                words.Append(char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? string.Create(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x4}}}") : c.ToString());
            }
        }

        return words.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);
}
