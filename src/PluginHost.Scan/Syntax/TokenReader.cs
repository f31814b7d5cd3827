namespace PluginHost.Scan.Syntax;

/// <summary>Reads a file of rules token by token.</summary>
internal sealed class TokenReader
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "all", "and", "any", "ascii", "at", "base64", "base64wide", "condition", "contains", "endswith", "entrypoint", "false", "filesize", "for", "fullword", "global", "import", "icontains", "iendswith",
        "iequals", "in", "include", "int16", "int16be", "int32", "int32be", "int8", "int8be", "istartswith", "matches", "meta", "nocase", "none", "not", "of", "or", "private", "rule", "startswith", "strings",
        "them", "true", "uint16", "uint16be", "uint32", "uint32be", "uint8", "uint8be", "wide", "xor", "defined",
    };

    private readonly string _file;
    private readonly Lexer _lexer;
    private Token? _next;

    /// <exception cref="YaraException">The first token is none.</exception>
    public TokenReader(string file, string text)
    {
        _file = file;
        _lexer = new Lexer(file, text);
        Here = _lexer.Next();
    }

    /// <summary>The token that it has come to.</summary>
    public Token Here { get; private set; }

    /// <summary>The token behind it.</summary>
    public Token Next => _next ??= _lexer.Next();

    public Token Advance()
    {
        Here = Next;
        _next = null;
        return Here;
    }

    /// <summary>Goes on to what stands between the braces of a hex string; the first of them is where it has come to.</summary>
    public Token AdvanceToHex() => Here = _lexer.Hex();

    /// <summary>Goes on if a text is here.</summary>
    public bool Skip(string text)
    {
        if (!Here.Is(text))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <exception cref="YaraException">It is not here.</exception>
    public void Expect(string text)
    {
        if (!Skip(text))
        {
            throw Error($"'{text}' is expected, and '{Here.Text}' is there");
        }
    }

    /// <exception cref="YaraException">It is not here.</exception>
    public Token Take(TokenKind kind, string what)
    {
        var token = Here.Kind == kind ? Here : throw Error($"{what} is expected");
        Advance();
        return token;
    }

    /// <exception cref="YaraException">No name is here.</exception>
    public string Identifier(string what)
    {
        var token = Here;
        if (token.Kind != TokenKind.Word || Reserved.Contains(token.Text))
        {
            throw Error($"{what} is expected, and '{token.Text}' is there");
        }

        Advance();
        return token.Text;
    }

    public YaraException Error(string problem) => new(_file, Here.Line, problem);
}
