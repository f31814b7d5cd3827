using System.Collections.Immutable;
using System.Globalization;

namespace PluginHost.Scan.Patterns;

/// <summary>Reads regular expressions as YARA writes them. Everything is bytes; letters are those of ASCII.</summary>
internal sealed class RegexReader
{
    private const int MaxRepeat = 32_767;
    private const int MaxDepth = 100;
    private readonly string _text;
    private readonly bool _isDotAll;
    private readonly bool _isNoCase;
    private int _at;
    private int _depth;
    private bool? _isGreedy;

    private RegexReader(string text, bool isNoCase, bool isDotAll)
    {
        _text = text;
        _isNoCase = isNoCase;
        _isDotAll = isDotAll;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">What stands between the slashes.</param>
    /// <param name="isNoCase">Whether case does not matter.</param>
    /// <param name="isDotAll">Whether a dot stands for a line feed, too.</param>
    /// <returns>The pattern, and whether its matches are as long as they can be.</returns>
    /// <exception cref="FormatException">It is malformed.</exception>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    public static (Pattern Pattern, bool IsGreedy) Read(string text, bool isNoCase, bool isDotAll)
    {
        var reader = new RegexReader(text, isNoCase, isDotAll);
        var pattern = reader.Choice();
        return reader._at == text.Length ? (pattern, reader._isGreedy ?? true) : throw new FormatException($"')' without '(' in /{text}/");
    }

    private Pattern Choice()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"a regular expression is nested deeper than {MaxDepth}");
        }

        var ways = ImmutableArray.CreateBuilder<Pattern>();
        do
        {
            ways.Add(Sequence());
        }
        while (Skip('|'));
        if (ways[0] is Pattern.Sequence { Parts.IsEmpty: true })
        {
            throw new FormatException("a regular expression, and a group, begins with something");
        }

        _depth--;
        return ways.Count == 1 ? ways[0] : new Pattern.Choice(ways.ToImmutable());
    }

    private Pattern Sequence()
    {
        var parts = ImmutableArray.CreateBuilder<Pattern>();
        while (_at < _text.Length && _text[_at] is not ('|' or ')'))
        {
            parts.Add(Repeated());
        }

        return parts.Count == 1 ? parts[0] : new Pattern.Sequence(parts.ToImmutable());
    }

    private Pattern Repeated()
    {
        var isGroup = _text[_at] == '(';
        var atom = Atom();
        if (Quantity() is not var (min, max))
        {
            return atom;
        }

        if (max == 0)
        {
            throw new FormatException("what is repeated no times is not there");
        }

        if (atom is Pattern.Place && !isGroup)
        {
            throw new FormatException("what says where cannot be repeated");
        }

        var isGreedy = !Skip('?');
        if (_isGreedy is { } before && before != isGreedy)
        {
            throw new UnsupportedException("greedy and lazy repetitions in one regular expression");
        }

        _isGreedy = isGreedy;
        return Quantity() is null ? new Pattern.Repeat(atom, min, max) : throw new FormatException("what is repeated cannot be repeated without parentheses");
    }

    private (int Min, int? Max)? Quantity()
    {
        (int Min, int? Max)? bounds = _at == _text.Length ? null : _text[_at] switch { '*' => (0, null), '+' => (1, null), '?' => (0, 1), '{' => Bounds(), _ => null };
        _at += bounds is null ? 0 : 1;
        return bounds;
    }

    /// <summary>Bounds in braces; what is none is a brace. Leaves the position at the brace that closes them.</summary>
    private (int, int?)? Bounds()
    {
        var end = _text.IndexOf('}', _at);
        var parts = end < 0 ? [] : _text[(_at + 1)..end].Split(',');
        if (parts.Length is not (1 or 2) || !parts.All(part => part.All(char.IsAsciiDigit) && part.Length <= 6) || (parts.Length == 1 && parts[0].Length == 0))
        {
            return null;
        }

        var min = parts[0].Length == 0 ? 0 : int.Parse(parts[0], CultureInfo.InvariantCulture);
        int? max = parts.Length == 1 ? min : parts[1].Length == 0 ? null : int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (max < min || max > MaxRepeat || min > MaxRepeat)
        {
            throw new FormatException($"the bounds of a repetition go up to {MaxRepeat}, the smaller one first");
        }

        _at = end;
        return (min, max);
    }

    private Pattern Atom()
    {
        var c = _text[_at++];
        switch (c)
        {
            case '.':
                return new Pattern.One(_isDotAll ? ByteSet.All : ByteSet.Of('\n').Not());
            case '^':
                return new Pattern.Place(PlaceKind.Start);
            case '$':
                return new Pattern.Place(PlaceKind.End);
            case '(':
                if (_at < _text.Length && _text[_at] == '?')
                {
                    _at = _text.AsSpan(_at).StartsWith("?:") ? _at + 2 : throw new UnsupportedException($"'(?{(_at + 1 < _text.Length ? _text[_at + 1] : ' ')}' in a regular expression");
                }

                var inner = Choice();
                return Skip(')') ? inner : throw new FormatException("'(' without ')'");
            case '[':
                return new Pattern.One(Class());
            case '*' or '+' or '?':
                throw new FormatException($"'{c}' repeats nothing");
            case '\\':
                return Escaped();
            default:
                return One(ByteSet.Of(c));
        }
    }

    private Pattern.One One(ByteSet set) => new(_isNoCase ? set.Folded() : set);

    private Pattern Escaped()
    {
        var c = _at < _text.Length ? _text[_at] : throw new FormatException("a regular expression ends in a backslash");
        if (c is 'b' or 'B')
        {
            _at++;
            return new Pattern.Place(c == 'b' ? PlaceKind.Boundary : PlaceKind.NoBoundary);
        }

        return c is >= '1' and <= '9' ? throw new UnsupportedException("a reference back in a regular expression") : One(Escape());
    }

    /// <summary>The end of a range is a byte: a letter that would be a class elsewhere is itself.</summary>
    private ByteSet EscapeInRange() => _text[_at] is 'w' or 'W' or 's' or 'S' or 'd' or 'D' ? ByteSet.Of(_text[_at++]) : Escape();

    private ByteSet Escape()
    {
        var c = _text[_at++];
        switch (c)
        {
            case 'w':
                return ByteSet.Word;
            case 'W':
                return ByteSet.Word.Not();
            case 's':
                return ByteSet.Space;
            case 'S':
                return ByteSet.Space.Not();
            case 'd':
                return ByteSet.Digits;
            case 'D':
                return ByteSet.Digits.Not();
            case 'n':
                return ByteSet.Of('\n');
            case 't':
                return ByteSet.Of('\t');
            case 'r':
                return ByteSet.Of('\r');
            case 'f':
                return ByteSet.Of('\f');
            case 'a':
                return ByteSet.Of('\a');
            case 'x':
                if (_at + 2 > _text.Length || !char.IsAsciiHexDigit(_text[_at]) || !char.IsAsciiHexDigit(_text[_at + 1]))
                {
                    throw new FormatException("'\\x' is followed by two hexadecimal digits");
                }

                _at += 2;
                return ByteSet.Of(Convert.ToByte(_text.Substring(_at - 2, 2), 16));
            default:
                return ByteSet.Of(c);
        }
    }

    private ByteSet Class()
    {
        var set = default(ByteSet);
        var isNot = Skip('^');
        for (var isFirst = true; ; isFirst = false)
        {
            var c = _at < _text.Length ? _text[_at++] : throw new FormatException("'[' without ']'");
            if (c == ']' && !isFirst)
            {
                break;
            }

            Plain(c);

            var from = c == '\\' ? _at < _text.Length ? Escape() : throw new FormatException("'[' without ']'") : ByteSet.Of(c);
            if (from.Count == 1 && _at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                Plain(_text[++_at]);
                var to = _text[_at++] is var last && last == '\\' ? _at < _text.Length ? EscapeInRange() : throw new FormatException("'[' without ']'") : ByteSet.Of(last);
                var (first, end) = (from.First, to.First);
                from = end >= first ? ByteSet.Range(first, end) : throw new FormatException("a range goes backwards");
            }

            set = set.Or(from);
        }

        set = _isNoCase ? set.Folded() : set;
        return isNot ? set.Not() : set;
    }

    private static void Plain(char c)
    {
        if (!char.IsAscii(c))
        {
            throw new FormatException("a class of a regular expression holds ASCII characters alone; others are written \\xNN");
        }
    }

    private bool Skip(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }
}
