using System.Collections.Immutable;
using System.Globalization;

namespace PluginHost.Scan.Patterns;

/// <summary>Reads hex strings: bytes, nibbles, jumps and alternatives.</summary>
internal sealed class HexReader
{
    /// <summary>Jumps that are longer cut the string in two, which are looked for each by itself.</summary>
    private const int LongJump = 200;

    private const int MaxDepth = 100;
    private readonly string _text;
    private int _at;
    private int _depth;

    private HexReader(string text) => _text = string.Concat(Whole(text).Where(c => !char.IsWhiteSpace(c)));

    /// <summary>Reads a hex string.</summary>
    /// <returns>Its pieces, and the jump before each; there is none before the first.</returns>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static ImmutableArray<(Pattern Pattern, int MinJump, int? MaxJump)> Read(string text)
    {
        var reader = new HexReader(text);
        var pieces = ImmutableArray.CreateBuilder<(Pattern, int, int?)>();
        var parts = ImmutableArray.CreateBuilder<Pattern>();
        (int Min, int? Max) jump = (0, 0);
        if (reader._text.Length == 0 || reader._text[0] == '[' || reader._text[^1] == ']')
        {
            throw new FormatException("a hex string begins and ends with a byte");
        }

        while (reader._at < reader._text.Length)
        {
            if (reader._text[reader._at] != '[')
            {
                parts.Add(reader.Token());
                continue;
            }

            var (min, max) = reader.Jump();
            if (max is not null && max <= LongJump)
            {
                parts.Add(new Pattern.Repeat(new Pattern.One(ByteSet.All), min, max));
                continue;
            }

            pieces.Add((new Pattern.Sequence(parts.ToImmutable()), jump.Min, jump.Max));
            parts.Clear();
            jump = (min, max);
        }

        pieces.Add((new Pattern.Sequence(parts.ToImmutable()), jump.Min, jump.Max));
        return pieces.ToImmutable();
    }

    private Pattern Token()
    {
        if (_text[_at] == '(')
        {
            _at++;
            return Ways();
        }

        var isNot = _text[_at] == '~';
        _at += isNot ? 1 : 0;
        if (_at + 2 > _text.Length || !IsNibble(_text[_at]) || !IsNibble(_text[_at + 1]))
        {
            throw new FormatException("a byte of a hex string is two digits or question marks");
        }

        var (high, low) = (_text[_at], _text[_at + 1]);
        _at += 2;
        if (isNot && (high, low) == ('?', '?'))
        {
            throw new FormatException("'~??' is no byte at all");
        }

        var set = default(ByteSet);
        for (var value = 0; value < 256; value++)
        {
            set = (high == '?' || Digit(high) == value >> 4) && (low == '?' || Digit(low) == (value & 15)) ? set.With(value) : set;
        }

        return new Pattern.One(isNot ? set.Not() : set);
    }

    private Pattern.Choice Ways()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"a hex string is nested deeper than {MaxDepth}");
        }

        var ways = ImmutableArray.CreateBuilder<Pattern>();
        var parts = ImmutableArray.CreateBuilder<Pattern>();
        while (true)
        {
            var c = _at < _text.Length ? _text[_at] : throw new FormatException("'(' without ')' in a hex string");
            if (c is '|' or ')')
            {
                if (_text[_at - 1] == ']')
                {
                    throw new FormatException("an alternative of a hex string begins and ends with a byte");
                }

                _at++;
                ways.Add(parts.Count > 0 ? new Pattern.Sequence(parts.ToImmutable()) : throw new FormatException("an alternative of a hex string is empty"));
                parts.Clear();
                if (c == ')')
                {
                    _depth--;
                    return new Pattern.Choice(ways.ToImmutable());
                }
            }
            else if (c == '[')
            {
                var (min, max) = parts.Count > 0 ? Jump() : throw new FormatException("an alternative of a hex string begins and ends with a byte");
                parts.Add(max is not null && max <= LongJump ? new Pattern.Repeat(new Pattern.One(ByteSet.All), min, max) : throw new FormatException($"a jump in an alternative is at most {LongJump}"));
            }
            else
            {
                parts.Add(Token());
            }
        }
    }

    private (int Min, int? Max) Jump()
    {
        var end = _text.IndexOf(']', _at);
        var bounds = end < 0 ? [] : _text[(_at + 1)..end].Split('-');
        _at = end + 1;
        if (bounds.Length is not (1 or 2) || (bounds[0].Length == 0 && bounds[^1].Length > 0) || (bounds.Length == 1 && bounds[0].All(digit => digit == '0')) || Array.Exists(bounds, bound => bound.Length > 9 || !bound.All(char.IsAsciiDigit)))
        {
            throw new FormatException("a jump is [N], [N-M], [N-] or [-]");
        }

        var min = bounds[0].Length == 0 ? 0 : int.Parse(bounds[0], CultureInfo.InvariantCulture);
        int? max = bounds.Length == 1 ? min : bounds[1].Length == 0 ? null : int.Parse(bounds[1], CultureInfo.InvariantCulture);
        return max < min ? throw new FormatException("a jump goes backwards") : (min, max);
    }

    /// <summary>Two digits of a byte stand together, and so does what turns them round.</summary>
    /// <exception cref="FormatException">They do not.</exception>
    private static string Whole(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '[')
            {
                at = text.IndexOf(']', at) is >= 0 and var end ? end : text.Length;
            }
            else if (text[at] == '~' ? at + 1 < text.Length && char.IsWhiteSpace(text[at + 1]) : IsNibble(text[at]) && ++at < text.Length && char.IsWhiteSpace(text[at]))
            {
                throw new FormatException("a byte of a hex string is two digits or question marks, with nothing between them");
            }
        }

        return text;
    }

    private static bool IsNibble(char c) => c == '?' || char.IsAsciiHexDigit(c);

    private static int Digit(char c) => Convert.ToInt32(c.ToString(), 16);
}
