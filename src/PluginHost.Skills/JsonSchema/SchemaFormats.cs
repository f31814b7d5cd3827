using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.JsonSchema;

/// <summary>The formats that are checked where a schema's formats are more than annotations. One that is not known holds.</summary>
internal static partial class SchemaFormats
{
    public static bool Fit(string format, string text) => format switch
    {
        "date-time" => DateTimeForm().Match(text) is { Success: true } match && IsDate(match) && IsTime(match),
        "date" => DateForm().Match(text) is { Success: true } match && IsDate(match),
        "email" or "idn-email" => EmailForm().IsMatch(text),
        "uri" or "iri" => IsReference(text) && SchemeForm().IsMatch(text),
        "uri-reference" or "iri-reference" => IsReference(text),
        _ => true,
    };

    /// <summary>Characters that references may hold, and percent signs before two digits.</summary>
    private static bool IsReference(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] <= ' ' || "\"<>\\^`{|}".Contains(text[i], StringComparison.Ordinal)
                || (text[i] == '%' && !(i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDate(Match match) =>
        Number(match, "month") is >= 1 and <= 12 && Number(match, "year") >= 1
        && Number(match, "day") is var day && day >= 1 && day <= DateTime.DaysInMonth(Number(match, "year"), Number(match, "month"));

    /// <summary>A leap second is at the end of a day in UTC (RFC 3339, 5.7).</summary>
    private static bool IsTime(Match match)
    {
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        var (offsetHour, offsetMinute) = match.Groups["oh"].Success ? (Number(match, "oh"), Number(match, "om")) : (0, 0);
        if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59)
        {
            return false;
        }

        var sign = match.Groups["sign"].Value == "-" ? -1 : 1;
        return second < 60 || (((hour * 60) + minute - (sign * ((offsetHour * 60) + offsetMinute)) + 2880) % 1440) == 1439;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt](?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.[0-9]+)?([Zz]|(?<sign>[+-])(?<oh>[0-9]{2}):(?<om>[0-9]{2}))\z")]
    private static partial Regex DateTimeForm();

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})\z")]
    private static partial Regex DateForm();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z")]
    private static partial Regex EmailForm();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex SchemeForm();
}
