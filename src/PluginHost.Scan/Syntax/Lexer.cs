using System.Globalization;
using System.Text;

namespace PluginHost.Scan.Syntax;

/// <summary>Cuts a file of rules into tokens. Its text is bytes: each is one character here.</summary>
internal sealed class Lexer(string file, string text)
{
    private const int MaxWord = 128;
    private static readonly string[] Signs = ["<<", ">>", "<=", ">=", "==", "!=", ".."];
    private int _at;
    private int _line = 1;

    /// <summary>The line that it has come to.</summary>
    public int Line => _line;

    public YaraException Error(string problem) => new(file, _line, problem);

    /// <exception cref="YaraException">It is none.</exception>
    public Token Next()
    {
        SkipBlanks();
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, "", _line);
        }

        var c = text[_at];
        if (IsWordStart(c))
        {
            return Sign(TokenKind.Word, Word());
        }

        if (char.IsAsciiDigit(c))
        {
            return Number();
        }

        switch (c)
        {
            case '"':
                return Text();
            case '$':
                _at++;
                var name = Word();
                return _at < text.Length && text[_at] == '*' ? Wild(name) : new Token(TokenKind.StringName, name, _line);
            case '#' or '@':
                _at++;
                return new Token(c == '#' ? TokenKind.StringCount : TokenKind.StringOffset, Word(), _line);
            case '!' when _at + 1 < text.Length && text[_at + 1] != '=':
                _at++;
                return new Token(TokenKind.StringLength, Word(), _line);
            case '/':
                return Regex();
        }

        var sign = Array.Find(Signs, sign => string.CompareOrdinal(text, _at, sign, 0, sign.Length) == 0) ?? c.ToString();
        if (sign.Length == 1 && !"(){}[]:=,.+-*\\%&|^~<>".Contains(c, StringComparison.Ordinal))
        {
            throw Error($"'{(char.IsControl(c) || c > 126 ? $"\\x{(int)c:x2}" : c)}' has no meaning here");
        }

        _at += sign.Length;
        return Sign(TokenKind.Sign, sign);
    }

    /// <summary>What stands up to the brace that closes a hex string, comments and line ends in it.</summary>
    /// <exception cref="YaraException">It is not closed.</exception>
    public Token Hex()
    {
        var (start, line) = (_at, _line);
        var end = text.IndexOf('}', _at);
        if (end < 0)
        {
            throw Error("a hex string is not closed");
        }

        // A comment may hold a brace.
        var content = new StringBuilder();
        while (_at < text.Length && text[_at] != '}')
        {
            var before = _at;
            SkipBlanks();
            if (_at == before)
            {
                content.Append(text[_at++]);
            }
            else
            {
                content.Append(' ');
            }
        }

        if (_at >= text.Length)
        {
            _at = start;
            throw Error("a hex string is not closed");
        }

        _at++;
        return new Token(TokenKind.Hex, content.ToString(), line);
    }

    private Token Sign(TokenKind kind, string sign) => new(kind, sign, _line);

    private Token Wild(string name)
    {
        _at++;
        return new Token(TokenKind.StringName, name + "*", _line);
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        return _at - start <= MaxWord ? text[start.._at] : throw Error($"a name has at most {MaxWord} characters");
    }

    private void SkipBlanks()
    {
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '\n')
            {
                _line++;
            }
            else if (string.CompareOrdinal(text, _at, "//", 0, 2) == 0)
            {
                var end = text.IndexOf('\n', _at);
                _at = (end < 0 ? text.Length : end) - 1;
            }
            else if (string.CompareOrdinal(text, _at, "/*", 0, 2) == 0)
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw Error("a comment is not closed");
                }

                _line += text.AsSpan(_at, end - _at).Count('\n');
                _at = end + 1;
            }
            else if (text[_at] is not (' ' or '\t' or '\r'))
            {
                return;
            }
        }
    }

    private Token Number()
    {
        var start = _at;
        if (text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'o')
        {
            _at += 2;
            var digits = Word();
            try
            {
                var read = Convert.ToInt64(digits, text[start + 1] == 'x' ? 16 : 8);
                return read >= 0 ? new Token(TokenKind.Integer, text[start.._at], _line) { Integer = read } : throw new OverflowException();
            }
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
            {
                throw Error($"'{text[start.._at]}' is no number that fits");
            }
        }

        Digits();
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            _at++;
            Digits();
            return new Token(TokenKind.Float, text[start.._at], _line) { Float = double.Parse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture) };
        }

        var number = text[start.._at];
        var unit = Word();
        var factor = unit switch { "" => 1L, "KB" => 1L << 10, "MB" => 1L << 20, _ => throw Error($"'{number}{unit}' is no number") };
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue / factor
            ? new Token(TokenKind.Integer, number + unit, _line) { Integer = value * factor }
            : throw Error($"'{number}{unit}' is no number that fits");
    }

    private void Digits()
    {
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }
    }

    private Token Text()
    {
        var content = new StringBuilder();
        for (_at++; ; _at++)
        {
            var c = _at < text.Length ? text[_at] : '\n';
            if (c == '"')
            {
                _at++;
                return new Token(TokenKind.Text, content.ToString(), _line);
            }

            content.Append(c == '\n' ? throw Error("a text is not closed") : c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        var c = ++_at < text.Length ? text[_at] : '\n';
        switch (c)
        {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case '"' or '\\':
                return c;
            case 'x' when _at + 2 < text.Length && char.IsAsciiHexDigit(text[_at + 1]) && char.IsAsciiHexDigit(text[_at + 2]):
                _at += 2;
                return (char)Convert.ToByte(text.Substring(_at - 1, 2), 16);
            default:
                throw Error($"'\\{c}' is no escape");
        }
    }

    private Token Regex()
    {
        var content = new StringBuilder();
        for (_at++; ; _at++)
        {
            var c = _at < text.Length ? text[_at] : '\n';
            if (c == '\n')
            {
                throw Error("a regular expression is not closed");
            }

            if (c == '/')
            {
                break;
            }

            // A slash is escaped for the language of rules, everything else for the expression.
            if (c == '\\' && _at + 1 < text.Length)
            {
                content.Append(text[++_at] == '/' ? "/" : text[_at] == '\n' ? throw Error("a regular expression is not closed") : "\\" + text[_at]);
                continue;
            }

            content.Append(c);
        }

        _at++;
        var start = _at;
        _at += _at < text.Length && text[_at] == 'i' ? 1 : 0;
        _at += _at < text.Length && text[_at] == 's' ? 1 : 0;
        if (_at < text.Length && text[_at] is 'i' or 's')
        {
            throw Error("flags of a regular expression are i, s or is");
        }

        return content.Length > 0 ? new Token(TokenKind.Regex, content.ToString(), _line) { Flags = text[start.._at] } : throw Error("a regular expression is empty");
    }
}
