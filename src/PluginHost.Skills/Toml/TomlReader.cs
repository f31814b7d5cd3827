using System.Text;

namespace PluginHost.Skills.Toml;

/// <summary>
/// Reads TOML 1.1. Strict: what the specification forbids is refused with its line. Bounded in bytes and depth, because
/// manifests come from strangers.
/// </summary>
internal sealed partial class TomlReader
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxDepth = 64;
    private const int MaxKey = 4_096;
    private const char ByteOrderMark = '\uFEFF';
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string _text;
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _depth;

    private TomlReader(string text) => _text = text;

    private TomlPosition Position => new(_line, _at - _lineStart + 1);

    private bool AtEnd => _at >= _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <exception cref="TomlException">The bytes are no TOML, or too many.</exception>
    public static TomlTable Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new TomlException(new TomlPosition(1, 1), $"the document has {bytes.Length} bytes, more than {MaxBytes}");
        }

        try
        {
            var text = StrictUtf8.GetString(bytes);
            return new TomlReader(text.StartsWith(ByteOrderMark) ? text[1..] : text).Document();
        }
        catch (DecoderFallbackException)
        {
            throw new TomlException(new TomlPosition(1, 1), "the document is not UTF-8");
        }
    }

    private TomlException Error(string problem) => new(Position, problem);

    private TomlTable Document()
    {
        var root = new TomlTable { Origin = TomlTableOrigin.Header, Position = Position };
        var section = root;
        var depth = 0;
        while (true)
        {
            SkipSpaceAndLines();
            if (AtEnd)
            {
                return root;
            }

            if (Current == '[')
            {
                (section, depth) = Header(root);
            }
            else
            {
                _depth = depth;
                KeyValue(section);
            }

            EndOfLine();
        }
    }

    private (TomlTable Table, int Depth) Header(TomlTable root)
    {
        var at = Position;
        _at++;
        var ofTables = Take('[');
        SkipSpace();
        var key = Key();
        Expect(']');
        if (ofTables)
        {
            // No space may stand between the two brackets.
            Expect(']', skipSpace: false);
        }

        var parent = root;
        foreach (var part in key[..^1])
        {
            parent = Step(parent, part, at);
        }

        return (ofTables ? Append(parent, key[^1], at) : Define(parent, key[^1], at), key.Count);
    }

    /// <summary>Goes through a table on the way to another, making it where it is missing.</summary>
    private static TomlTable Step(TomlTable parent, string key, TomlPosition at)
    {
        if (!parent.TryGet(key, out var value))
        {
            var implied = new TomlTable { Origin = TomlTableOrigin.Implied, Position = at };
            parent.Add(key, implied, at);
            return implied;
        }

        return value switch
        {
            TomlTable { Origin: not TomlTableOrigin.Inline } table => table,
            TomlArray { IsOfTables: true } array => (TomlTable)array.Items[^1],
            _ => throw new TomlException(at, $"'{key}' is not a table that can be extended"),
        };
    }

    private static TomlTable Define(TomlTable parent, string key, TomlPosition at)
    {
        if (!parent.TryGet(key, out var value))
        {
            var table = new TomlTable { Origin = TomlTableOrigin.Header, Position = at };
            parent.Add(key, table, at);
            return table;
        }

        if (value is not TomlTable { Origin: TomlTableOrigin.Implied } implied)
        {
            throw new TomlException(at, $"'{key}' is defined already");
        }

        implied.Origin = TomlTableOrigin.Header;
        return implied;
    }

    private static TomlTable Append(TomlTable parent, string key, TomlPosition at)
    {
        if (!parent.TryGet(key, out var value))
        {
            parent.Add(key, value = new TomlArray(ofTables: true), at);
        }

        if (value is not TomlArray { IsOfTables: true } array)
        {
            throw new TomlException(at, $"'{key}' is defined already");
        }

        var table = new TomlTable { Origin = TomlTableOrigin.Header, Position = at };
        array.Items.Add(table);
        return table;
    }

    private void KeyValue(TomlTable section)
    {
        var at = Position;
        var key = Key();
        Expect('=');
        SkipSpace();
        var table = section;
        foreach (var part in key[..^1])
        {
            table = Dotted(table, part, section, at);
        }

        // Tables that a key makes count like those that brackets and braces make.
        _depth += key.Count - 1;
        var value = Value();
        _depth -= key.Count - 1;
        if (table.TryGet(key[^1], out _))
        {
            throw new TomlException(at, $"'{key[^1]}' is defined already");
        }

        table.Add(key[^1], value, at);
    }

    /// <summary>A dotted key makes tables, and extends only those that dotted keys of the same section made.</summary>
    private static TomlTable Dotted(TomlTable parent, string key, TomlTable section, TomlPosition at)
    {
        if (!parent.TryGet(key, out var value))
        {
            var made = new TomlTable { Origin = TomlTableOrigin.Dotted, Section = section, Position = at };
            parent.Add(key, made, at);
            return made;
        }

        return value is TomlTable { Origin: TomlTableOrigin.Dotted } table && ReferenceEquals(table.Section, section)
            ? table
            : throw new TomlException(at, $"'{key}' cannot be extended by a dotted key");
    }

    private List<string> Key()
    {
        var parts = new List<string> { Bounded(KeyPart()) };
        SkipSpace();
        while (Take('.'))
        {
            SkipSpace();
            parts.Add(Bounded(KeyPart()));
            SkipSpace();
            if (parts.Count > MaxDepth)
            {
                throw Error($"a key has more than {MaxDepth} parts");
            }
        }

        return parts;
    }

    private string KeyPart()
    {
        if (Current is '"' or '\'')
        {
            return QuotedKey();
        }

        var start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '-')
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Error("a key is expected");
    }

    private string Bounded(string key) => key.Length <= MaxKey ? key : throw Error($"a key has more than {MaxKey} characters");

    private string QuotedKey()
    {
        return _text.AsSpan(_at).StartsWith("\"\"\"") || _text.AsSpan(_at).StartsWith("'''")
            ? throw Error("a key cannot be a string of several lines")
            : Current == '"' ? BasicString() : LiteralString();
    }

    private bool Take(char wanted)
    {
        if (AtEnd || Current != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char wanted, bool skipSpace = true)
    {
        if (skipSpace)
        {
            SkipSpace();
        }

        if (!Take(wanted))
        {
            throw Error($"'{wanted}' is expected");
        }
    }

    private void SkipSpace()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }
    }

    private void SkipSpaceAndLines()
    {
        while (true)
        {
            SkipSpace();
            Comment();
            if (!TryNewLine())
            {
                return;
            }
        }
    }

    private void Comment()
    {
        if (AtEnd || Current != '#')
        {
            return;
        }

        while (!AtEnd && Current != '\n' && !(Current == '\r' && Next() == '\n'))
        {
            CheckCharacter(Current);
            _at++;
        }
    }

    private char Next() => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private bool TryNewLine()
    {
        if (AtEnd)
        {
            return false;
        }

        var length = Current == '\n' ? 1 : Current == '\r' && Next() == '\n' ? 2 : 0;
        _at += length;
        if (length > 0)
        {
            _line++;
            _lineStart = _at;
        }

        return length > 0;
    }

    private void EndOfLine()
    {
        SkipSpace();
        Comment();
        if (!AtEnd && !TryNewLine())
        {
            throw Error("the end of the line is expected");
        }
    }

    private void CheckCharacter(char c)
    {
        if (c is < ' ' and not '\t' or '\x7F')
        {
            throw Error($"the control character U+{(int)c:X4} is not allowed");
        }
    }
}
