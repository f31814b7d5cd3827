using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.JsonSchema;

/// <summary>
/// Regular expressions of schemas (ECMA-262 with the flag u) for an engine whose time is linear in the text. What such an
/// engine cannot do, looking around and back-references, is refused.
/// </summary>
internal static class SchemaPattern
{
    private const int MaxLength = 2_000;

    /// <summary>White space and line ends of ECMA-262, as the inside of a class.</summary>
    private const string Space = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L", ["Lowercase_Letter"] = "Ll", ["Uppercase_Letter"] = "Lu", ["Titlecase_Letter"] = "Lt", ["Modifier_Letter"] = "Lm", ["Other_Letter"] = "Lo",
        ["Mark"] = "M", ["Number"] = "N", ["Decimal_Number"] = "Nd", ["digit"] = "Nd", ["Letter_Number"] = "Nl", ["Other_Number"] = "No", ["Punctuation"] = "P", ["punct"] = "P",
        ["Symbol"] = "S", ["Separator"] = "Z", ["Space_Separator"] = "Zs", ["Other"] = "C", ["Control"] = "Cc",
    };

    /// <exception cref="FormatException">It is no pattern that can be matched in linear time.</exception>
    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new FormatException($"a pattern is longer than {MaxLength} characters");
        }

        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the pattern cannot be matched in linear time, or is none: {e.Message}", e);
        }
    }

    private static string Translate(string pattern)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '\\' when i + 1 < pattern.Length:
                    i = Escape(pattern, i + 1, inClass, result);
                    break;
                case '[' when !inClass:
                    inClass = true;
                    result.Append('[');
                    break;
                case '[':
                    result.Append("\\[");
                    break;
                case ']':
                    inClass = false;
                    result.Append(']');
                    break;

                // In .NET it also matches before a line feed at the end.
                case '$' when !inClass:
                    result.Append("\\z");
                    break;
                case '.' when !inClass:
                    result.Append(@"(?:[\ud800-\udbff][\udc00-\udfff]|[^\n\r\u2028\u2029])");
                    break;
                case '(' when !inClass && i + 2 < pattern.Length && pattern[i + 1] == '?' && pattern[i + 2] is not (':' or '<'):
                    throw new FormatException("only plain, named and non-capturing groups are matched in linear time");
                case '-' when inClass && i + 1 < pattern.Length && pattern[i + 1] == '[':
                    // Class subtraction is the framework's own.
                    result.Append("\\-");
                    break;
                default:
                    if (char.IsHighSurrogate(c) && i + 1 < pattern.Length)
                    {
                        Astral(char.ConvertToUtf32(c, pattern[++i]), inClass, result);
                    }
                    else
                    {
                        result.Append(c);
                    }

                    break;
            }
        }

        return result.ToString();
    }

    /// <returns>Where the escape ends.</returns>
    private static int Escape(string pattern, int at, bool inClass, StringBuilder result)
    {
        var c = pattern[at];
        switch (c)
        {
            case 'd':
                result.Append(inClass ? "0-9" : "[0-9]");
                return at;
            case 'D' when !inClass:
                result.Append("[^0-9]");
                return at;
            case 'w':
                result.Append(inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
                return at;
            case 'W' when !inClass:
                result.Append("[^A-Za-z0-9_]");
                return at;
            case 's':
                result.Append(inClass ? Space : $"[{Space}]");
                return at;
            case 'S' when !inClass:
                result.Append(CultureInfo.InvariantCulture, $"[^{Space}]");
                return at;
            case 'D' or 'W' or 'S':
                throw new FormatException($"\\{c} within a class is not supported");
            case 'p' or 'P' when at + 1 < pattern.Length && pattern[at + 1] == '{' && pattern.IndexOf('}', at) is var close and > 0:
                var name = pattern[(at + 2)..close];
                name = name.StartsWith("General_Category=", StringComparison.Ordinal) ? name[17..] : name.StartsWith("gc=", StringComparison.Ordinal) ? name[3..] : name;
                result.Append(CultureInfo.InvariantCulture, $"\\{c}{{{Categories.GetValueOrDefault(name, name)}}}");
                return close;
            case 'u' when at + 1 < pattern.Length && pattern[at + 1] == '{' && pattern.IndexOf('}', at) is var end and > 0
                && int.TryParse(pattern.AsSpan(at + 2, end - at - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) && point <= 0x10FFFF:
                if (point > char.MaxValue)
                {
                    Astral(point, inClass, result);
                }
                else
                {
                    result.Append(CultureInfo.InvariantCulture, $"\\u{point:x4}");
                }

                return end;
            case 'c' when at + 1 < pattern.Length && char.IsAsciiLetter(pattern[at + 1]):
                result.Append(CultureInfo.InvariantCulture, $"\\u{pattern[at + 1] % 32:x4}");
                return at + 1;
            case '0':
                result.Append("\\u0000");
                return at;
            case 'b' when inClass:
                result.Append("\\u0008");
                return at;

            // \b means ASCII words; the framework's would take letters of every script.
            case 'b' or 'B':
                throw new FormatException($"\\{c} is not supported");
            case 't' or 'n' or 'v' or 'f' or 'r' or 'x' or 'u':
                result.Append('\\').Append(c);
                return at;
            case var letter when char.IsAsciiLetterOrDigit(letter):
                throw new FormatException($"\\{letter} is no escape, or a back-reference, which takes more than linear time");
            default:
                result.Append(Regex.Escape(c.ToString()) is [.., var last] && inClass ? $"\\{last}" : Regex.Escape(c.ToString()));
                return at;
        }
    }

    /// <summary>A character that the framework writes as two.</summary>
    private static void Astral(int point, bool inClass, StringBuilder result)
    {
        if (inClass)
        {
            throw new FormatException("characters beyond U+FFFF within a class are not supported");
        }

        result.Append("(?:").Append(char.ConvertFromUtf32(point)).Append(')');
    }
}
