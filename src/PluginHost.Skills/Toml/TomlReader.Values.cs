using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.Toml;

/// <content>Values.</content>
internal sealed partial class TomlReader
{
    private object Value()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"values are nested more than {MaxDepth} deep");
        }

        object value = Current switch
        {
            '"' => _text.AsSpan(_at).StartsWith("\"\"\"") ? MultiLine('"') : BasicString(),
            '\'' => _text.AsSpan(_at).StartsWith("'''") ? MultiLine('\'') : LiteralString(),
            '[' => Array(),
            '{' => InlineTable(),
            _ => Scalar(),
        };
        _depth--;
        return value;
    }

    private TomlArray Array()
    {
        var array = new TomlArray(ofTables: false);
        _at++;
        while (true)
        {
            SkipSpaceAndLines();
            if (Take(']'))
            {
                return array;
            }

            array.Items.Add(Value());
            SkipSpaceAndLines();
            if (!Take(','))
            {
                Expect(']');
                return array;
            }
        }
    }

    private TomlTable InlineTable()
    {
        var table = new TomlTable { Origin = TomlTableOrigin.Header, Position = Position };
        _at++;
        while (true)
        {
            SkipSpaceAndLines();
            if (Take('}'))
            {
                break;
            }

            KeyValue(table);
            SkipSpaceAndLines();
            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        Close(table);
        return table;
    }

    /// <summary>Nothing may be added to an inline table, nor to the tables that its dotted keys made.</summary>
    private static void Close(TomlTable table)
    {
        table.Origin = TomlTableOrigin.Inline;
        foreach (var key in table.Keys)
        {
            if (table[key] is TomlTable { Origin: TomlTableOrigin.Dotted } inner)
            {
                Close(inner);
            }
        }
    }

    private string LiteralString()
    {
        var start = ++_at;
        while (!AtEnd && Current != '\'')
        {
            CheckCharacter(Current);
            _at++;
        }

        var content = _text[start..Math.Min(_at, _text.Length)];
        return Take('\'') ? content : throw Error("a string is not closed");
    }

    private string BasicString()
    {
        var content = new StringBuilder();
        _at++;
        while (true)
        {
            if (AtEnd)
            {
                throw Error("a string is not closed");
            }

            var c = _text[_at++];
            switch (c)
            {
                case '"':
                    return content.ToString();
                case '\\':
                    Escape(content);
                    break;
                default:
                    CheckCharacter(c);
                    content.Append(c);
                    break;
            }
        }
    }

    private string MultiLine(char quote)
    {
        var content = new StringBuilder();
        _at += 3;
        TryNewLine();
        while (true)
        {
            if (AtEnd)
            {
                throw Error("a string is not closed");
            }

            if (Current == quote && ClosesMultiLine(quote, content))
            {
                return content.ToString();
            }

            MultiLineCharacter(quote, content);
        }
    }

    /// <summary>Up to two quotes may stand right before the closing three, or alone.</summary>
    private bool ClosesMultiLine(char quote, StringBuilder content)
    {
        var quotes = 0;
        while (Current == quote && quotes < 6)
        {
            quotes++;
            _at++;
        }

        if (quotes > 5)
        {
            throw Error("too many quotes at the end of a string");
        }

        content.Append(quote, quotes >= 3 ? quotes - 3 : quotes);
        return quotes >= 3;
    }

    private void MultiLineCharacter(char quote, StringBuilder content)
    {
        if (AtEnd)
        {
            return;
        }

        if (TryNewLine())
        {
            content.Append('\n');
            return;
        }

        var c = _text[_at++];
        if (c != '\\' || quote == '\'')
        {
            CheckCharacter(c);
            content.Append(c);
            return;
        }

        var (line, lineStart, after) = (_line, _lineStart, _at);
        SkipSpace();
        if (!TryNewLine())
        {
            (_line, _lineStart, _at) = (line, lineStart, after);
            Escape(content);
            return;
        }

        // A backslash at the end of a line swallows all white space up to the next text.
        do
        {
            SkipSpace();
        }
        while (TryNewLine());
    }

    private void Escape(StringBuilder content)
    {
        var c = AtEnd ? '\0' : _text[_at++];
        switch (c)
        {
            case 'b': content.Append('\b'); break;
            case 't': content.Append('\t'); break;
            case 'n': content.Append('\n'); break;
            case 'f': content.Append('\f'); break;
            case 'r': content.Append('\r'); break;
            case 'e': content.Append('\x1B'); break;
            case '"': content.Append('"'); break;
            case '\\': content.Append('\\'); break;
            case 'x': content.Append(CodePoint(2)); break;
            case 'u': content.Append(CodePoint(4)); break;
            case 'U': content.Append(CodePoint(8)); break;
            default: throw Error("an unknown escape");
        }
    }

    private Rune CodePoint(int digits)
    {
        if (_at + digits > _text.Length
            || !uint.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.TryCreate(value, out var rune))
        {
            throw Error("an escape that is no character");
        }

        _at += digits;
        return rune;
    }

    private object Scalar()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '+' or '-' or '_' or '.' or ':')
        {
            _at++;
        }

        var text = _text[start.._at];
        if (LocalDate().IsMatch(text) && Current == ' ' && char.IsAsciiDigit(Next()))
        {
            // A space may stand between date and time.
            _at++;
            start = _at;
            while (char.IsAsciiLetterOrDigit(Current) || Current is '+' or '-' or '.' or ':')
            {
                _at++;
            }

            text += "T" + _text[start.._at];
        }

        return text switch
        {
            "true" => true,
            "false" => false,
            "" => throw Error("a value is expected"),
            _ => Number(text) ?? Time(text) ?? throw Error($"'{Shortened(text)}' is no value"),
        };
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private object? Number(string text)
    {
        if (DecimalInteger().IsMatch(text))
        {
            return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Error($"the integer '{Shortened(text)}' does not fit into 64 bits");
        }

        if (BasedInteger().IsMatch(text))
        {
            var digits = text[2..].Replace("_", "", StringComparison.Ordinal);
            var bits = text[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
            return Based(digits, bits) ?? throw Error($"the integer '{Shortened(text)}' does not fit into 64 bits");
        }

        if (Float().IsMatch(text))
        {
            return double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return text switch
        {
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            _ => null,
        };
    }

    private static long? Based(string digits, int radix)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            var next = ((Int128)value * radix) + Convert.ToInt32(digit.ToString(), 16);
            if (next > long.MaxValue)
            {
                return null;
            }

            value = (long)next;
        }

        return value;
    }

    private static TomlTime? Time(string text)
    {
        var match = DateAndTime().Match(text);
        if (!match.Success || !IsDate(match) || !IsTime(match))
        {
            return null;
        }

        var date = match.Groups["date"].Value;
        var time = Clock(match);
        if (time.Length == 5)
        {
            time += ":00";
        }

        var fraction = match.Groups["fraction"].Value;
        var offset = match.Groups["offset"].Value.ToUpperInvariant();
        return (date.Length, time.Length, offset.Length) switch
        {
            ( > 0, > 0, > 0) => new TomlTime(TomlTimeKind.Instant, $"{date}T{time}{fraction}{offset}"),
            ( > 0, > 0, _) => new TomlTime(TomlTimeKind.LocalDateTime, $"{date}T{time}{fraction}"),
            ( > 0, _, 0) => new TomlTime(TomlTimeKind.LocalDate, date),
            (0, > 0, 0) => new TomlTime(TomlTimeKind.LocalTime, time + fraction),
            _ => null,
        };
    }

    private static bool IsDate(Match match) => match.Groups["date"].Value is var date
        && (date.Length == 0
            || DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

    private static bool IsTime(Match match)
    {
        var time = Clock(match);
        var offset = match.Groups["offset"].Value;
        return (time.Length == 0 || Within(time, 23))
            && (offset.Length < 2 || Within(offset[1..], 23));
    }

    /// <summary>Hours, minutes and, where written, whole seconds.</summary>
    private static string Clock(Match match) => match.Groups["time"].Value.Split('.')[0];

    private static bool Within(string clock, int maxHour)
    {
        var parts = clock.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts[0] <= maxHour && parts.Skip(1).All(part => part <= 59);
    }

    [GeneratedRegex(@"^[+-]?(0|[1-9](_?[0-9])*)$")]
    private static partial Regex DecimalInteger();

    [GeneratedRegex(@"^(0x[0-9A-Fa-f](_?[0-9A-Fa-f])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*)$")]
    private static partial Regex BasedInteger();

    [GeneratedRegex(@"^[+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?$")]
    private static partial Regex Float();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    private static partial Regex LocalDate();

    [GeneratedRegex(
        @"^(?:(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt](?<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?<fraction>\.[0-9]+)?)?)(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
        + @"|(?<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?<fraction>\.[0-9]+)?)?))$")]
    private static partial Regex DateAndTime();
}
