using System.Globalization;
using System.Text;

namespace PluginHost.Skills.Inspection;

/// <summary>Characters that a person does not see and a model reads, or that show a text in another order than it has.</summary>
internal static class HiddenText
{
    /// <summary>Looks for such characters.</summary>
    /// <returns>The rule that was broken, the character and its line; null where there is none. What misleads goes before what is merely invisible.</returns>
    public static (FindingRule Rule, Rune Character, int Line)? Find(string text)
    {
        (FindingRule Rule, Rune Character, int Line)? invisible = null;
        var line = 1;
        var before = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsMisleading(rune))
            {
                return (FindingRules.MisleadingText, rune, line);
            }

            if (invisible is null && IsInvisible(rune, before) && !(line == 1 && before == default && rune.Value == 0xFEFF))
            {
                invisible = (FindingRules.InvisibleText, rune, line);
            }

            line += rune.Value == '\n' ? 1 : 0;
            before = rune;
        }

        return invisible;
    }

    /// <summary>Controls of direction, the tag block and the second block of variation selectors, which can spell out a text of their own.</summary>
    private static bool IsMisleading(Rune rune) => rune.Value is
        (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or (>= 0xE0000 and <= 0xE007F) or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsInvisible(Rune rune, Rune before) => rune.Value switch
    {
        '\t' or '\n' or '\r' => false,

        // Joiners belong to emoji and to scripts whose letters change their form.
        0x200C or 0x200D => !(IsEmoji(before) || before.Value == 0xFE0F || IsJoining(before)),
        0xFE0E or 0xFE0F => !(IsEmoji(before) || before.Value is (>= '0' and <= '9') or '#' or '*'),

        // Marks of direction stand beside letters that are written from the right.
        0x200E or 0x200F or 0x061C => !IsFromTheRight(before),
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x2800 or 0x3164 or 0xFFA0 or 0x00AD => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            || rune.Value is >= 0xFE00 and <= 0xFE0D,
    };

    private static bool IsEmoji(Rune rune) => rune.Value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2190 and <= 0x2BFF) or 0x00A9 or 0x00AE or 0x203C or 0x2049 or 0x2122 or 0x2139 or 0x3030 or 0x303D;

    private static bool IsFromTheRight(Rune rune) => rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10800 and <= 0x10FFF);

    private static bool IsJoining(Rune rune) => rune.Value is (>= 0x0600 and <= 0x08FF) or (>= 0x0900 and <= 0x0DFF) or (>= 0x1800 and <= 0x18AF) or (>= 0xFB50 and <= 0xFEFC);
}
