using System.Globalization;
using System.Text;

namespace PluginHost.Wasm.Text;

/// <summary>Reads text into nodes (spec 6.3, lexical format). Nesting costs heap, not stack.</summary>
internal sealed class Lexer
{
    private readonly byte[] _text;
    private int _at;
    private int _line;

    private Lexer(byte[] text, int line)
    {
        _text = text;
        _line = line;
    }

    public static List<Node> Read(byte[] text, int firstLine = 1) => new Lexer(text, firstLine).Nodes();

    private TextSyntaxException Error(string message) => new(message, _line);

    private List<Node> Nodes()
    {
        var top = new List<Node>();
        var open = new Stack<List<Node>>();
        open.Push(top);
        while (SkipSpace())
        {
            switch (_text[_at])
            {
                case (byte)'(':
                    var list = new Node(_line) { Items = [] };
                    _at++;
                    open.Peek().Add(list);
                    open.Push(list.Items);
                    break;
                case (byte)')':
                    _at++;
                    if (open.Count == 1)
                    {
                        throw Error("unexpected token )");
                    }

                    open.Pop();
                    break;
                default:
                    open.Peek().Add(Token());
                    break;
            }
        }

        return open.Count == 1 ? top : throw Error("unexpected end: a list is not closed");
    }

    private bool SkipSpace()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\n')
            {
                _line++;
                _at++;
            }
            else if (c is (byte)' ' or (byte)'\t' or (byte)'\r')
            {
                _at++;
            }
            else if (c == ';' && Next() == ';')
            {
                while (_at < _text.Length && _text[_at] is not ((byte)'\n' or (byte)'\r'))
                {
                    _at++;
                }
            }
            else if (c == '(' && Next() == ';')
            {
                SkipBlockComment();
            }
            else if (c == '(' && Next() == '@')
            {
                SkipAnnotation();
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What an annotation says changes no module here (annotations proposal); anything may stand in it but an open list or string.</summary>
    private void SkipAnnotation()
    {
        var depth = 0;
        do
        {
            if (depth > 0 && !SkipSpace())
            {
                throw Error("unexpected end: an annotation is not closed");
            }

            switch (_text[_at])
            {
                case (byte)'(':
                    depth++;
                    _at++;
                    break;
                case (byte)')':
                    depth--;
                    _at++;
                    break;
                case (byte)'"':
                    String();
                    break;
                default:
                    _at++;
                    break;
            }
        }
        while (depth > 0);
    }

    private int Next() => _at + 1 < _text.Length ? _text[_at + 1] : -1;

    private void SkipBlockComment()
    {
        var depth = 0;
        do
        {
            if (_at + 1 >= _text.Length)
            {
                throw Error("unexpected end: a comment is not closed");
            }

            if (_text[_at] == '(' && Next() == ';')
            {
                depth++;
                _at += 2;
            }
            else if (_text[_at] == ';' && Next() == ')')
            {
                depth--;
                _at += 2;
            }
            else
            {
                if (_text[_at] == '\n')
                {
                    _line++;
                }

                _at++;
            }
        }
        while (depth > 0);
    }

    private Node Token()
    {
        var line = _line;
        if (_text[_at] == '"')
        {
            var bytes = String();
            return Delimited() ? new Node(line) { String = bytes } : throw Error("unknown operator: tokens run together");
        }

        if (_text[_at] == '$' && Next() == '"')
        {
            return QuotedId(line);
        }

        var start = _at;
        while (_at < _text.Length && IsIdChar(_text[_at]))
        {
            _at++;
        }

        if (_at == start)
        {
            throw Error($"illegal character 0x{_text[_at]:x2}");
        }

        return Delimited()
            ? new Node(line) { Text = Encoding.ASCII.GetString(_text, start, _at - start) }
            : throw Error("unknown operator: tokens run together");
    }

    /// <summary>An identifier that is written as a string.</summary>
    private Node QuotedId(int line)
    {
        _at++;
        var name = new Node(line) { String = String() }.Name();
        return name.Length > 0 && Delimited() ? new Node(line) { Text = "$" + name } : throw Error("unknown operator: empty identifier, or tokens run together");
    }

    private bool Delimited() =>
        _at >= _text.Length || _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'(' or (byte)')' or (byte)';';

    private static bool IsIdChar(byte c) =>
        c is > 0x20 and < 0x7F && c is not ((byte)'"' or (byte)',' or (byte)';' or (byte)'(' or (byte)')' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}');

    private byte[] String()
    {
        var bytes = new List<byte>();
        for (_at++; ;)
        {
            var c = _at < _text.Length ? _text[_at++] : throw Error("unclosed string");
            switch (c)
            {
                case (byte)'"':
                    return [.. bytes];
                case (byte)'\\':
                    Escape(bytes);
                    break;
                case < 0x20 or 0x7F:
                    throw Error("illegal control character in a string");
                default:
                    bytes.Add(c);
                    break;
            }
        }
    }

    private void Escape(List<byte> bytes)
    {
        var c = _at < _text.Length ? (char)_text[_at++] : throw Error("unclosed string");
        switch (c)
        {
            case 't': bytes.Add(9); break;
            case 'n': bytes.Add(10); break;
            case 'r': bytes.Add(13); break;
            case '"' or '\'' or '\\': bytes.Add((byte)c); break;
            case 'u': bytes.AddRange(Encoding.UTF8.GetBytes(UnicodeEscape().ToString())); break;
            default:
                if (!char.IsAsciiHexDigit(c) || _at >= _text.Length || !char.IsAsciiHexDigit((char)_text[_at]))
                {
                    throw Error("illegal escape in a string");
                }

                bytes.Add(byte.Parse([c, (char)_text[_at++]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                break;
        }
    }

    private Rune UnicodeEscape()
    {
        var close = Array.IndexOf(_text, (byte)'}', _at);
        if (_at >= _text.Length || _text[_at] != '{' || close < 0)
        {
            throw Error("illegal unicode escape");
        }

        var digits = Encoding.ASCII.GetString(_text, _at + 1, close - _at - 1);
        _at = close + 1;
        return Numbers.Unsigned("0x" + digits, uint.MaxValue) is { } value && Rune.TryCreate((uint)value, out var rune)
            ? rune
            : throw Error("illegal unicode escape");
    }
}
