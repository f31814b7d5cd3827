using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>
/// Reads files of rules: the whole grammar of YARA 4, so that what is not supported is known by its name and leaves the rules around it as they are.
/// </summary>
internal sealed class RuleParser
{
    private const int MaxDepth = 200;
    private const int MaxRules = 50_000;
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "all", "and", "any", "ascii", "at", "base64", "base64wide", "condition", "contains", "endswith", "entrypoint", "false", "filesize", "for", "fullword", "global", "import", "icontains", "iendswith",
        "iequals", "in", "include", "int16", "int16be", "int32", "int32be", "int8", "int8be", "istartswith", "matches", "meta", "nocase", "none", "not", "of", "or", "private", "rule", "startswith", "strings",
        "them", "true", "uint16", "uint16be", "uint32", "uint32be", "uint8", "uint8be", "wide", "xor", "defined",
    };

    private readonly string _file;
    private readonly Lexer _lexer;
    private Token _token;
    private int _depth;
    private bool _isQuantity;

    private RuleParser(string file, string text)
    {
        _file = file;
        _lexer = new Lexer(file, text);
        _token = _lexer.Next();
    }

    /// <exception cref="YaraException">It is malformed.</exception>
    public static ImmutableArray<RuleDeclaration> Parse(string file, string text) => new RuleParser(file, text).Rules();

    private ImmutableArray<RuleDeclaration> Rules()
    {
        var rules = ImmutableArray.CreateBuilder<RuleDeclaration>();
        var imports = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
        string? unsupported = null;
        while (_token.Kind != TokenKind.End)
        {
            if (_token.Is("import"))
            {
                Advance();
                imports = imports.Add(Take(TokenKind.Text, "the name of a module").Text);
            }
            else if (_token.Is("include"))
            {
                Advance();
                unsupported = $"the file includes '{Take(TokenKind.Text, "the name of a file").Text}'";
            }
            else
            {
                rules.Add(Rule(imports) with { Unsupported = unsupported });
                if (rules.Count > MaxRules)
                {
                    throw Error($"a file has at most {MaxRules} rules");
                }
            }
        }

        return rules.ToImmutable();
    }

    private RuleDeclaration Rule(ImmutableHashSet<string> imports)
    {
        var modifiers = new HashSet<string>(StringComparer.Ordinal);
        while (_token.Is("private") || _token.Is("global"))
        {
            if (!modifiers.Add(_token.Text))
            {
                throw Error($"'{_token.Text}' is there twice");
            }

            Advance();
        }

        Expect("rule");
        var (line, name) = (_token.Line, Identifier("the name of a rule"));
        var tags = ImmutableArray.CreateBuilder<string>();
        if (Skip(":"))
        {
            do
            {
                tags.Add(Identifier("a tag"));
            }
            while (_token.Kind == TokenKind.Word);
        }

        Expect("{");
        var meta = Meta();
        var strings = Strings();
        Expect("condition");
        Expect(":");
        var condition = Expression();
        Expect("}");
        return new RuleDeclaration
        {
            Name = name,
            File = _file,
            Line = line,
            IsPrivate = modifiers.Contains("private"),
            IsGlobal = modifiers.Contains("global"),
            Tags = tags.ToImmutable(),
            Meta = meta,
            Strings = strings,
            Condition = condition,
            Imports = imports,
        };
    }

    private ImmutableArray<KeyValuePair<string, object>> Meta()
    {
        var meta = ImmutableArray.CreateBuilder<KeyValuePair<string, object>>();
        if (_token.Is("meta"))
        {
            Advance();
            Expect(":");
            while (_token.Kind == TokenKind.Word && !_token.Is("strings") && !_token.Is("condition"))
            {
                var key = Identifier("the name of a fact");
                Expect("=");
                var negative = Skip("-");
                object value = _token switch
                {
                    { Kind: TokenKind.Text } when !negative => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(_token.Text)),
                    { Kind: TokenKind.Integer } => negative ? -_token.Integer : _token.Integer,
                    _ when _token.Is("true") || _token.Is("false") => _token.Is("true"),
                    _ => throw Error("a fact is a text, a whole number, true or false"),
                };
                Advance();
                meta.Add(KeyValuePair.Create(key, value));
            }
        }

        return meta.ToImmutable();
    }

    private ImmutableArray<StringDeclaration> Strings()
    {
        var strings = ImmutableArray.CreateBuilder<StringDeclaration>();
        if (!_token.Is("strings"))
        {
            return [];
        }

        Advance();
        Expect(":");
        while (_token.Kind == TokenKind.StringName)
        {
            var (name, isAnonymous) = (_token.Text, _token.Text.Length == 0);
            if (!isAnonymous && strings.Any(declared => declared.Name == name))
            {
                throw Error($"the string '${name}' is there twice");
            }

            Advance();
            if (!_token.Is("="))
            {
                throw Error("'=' is expected");
            }

            var value = _lexer.Next();
            value = value.Is("{") ? _lexer.Hex() : value.Kind is TokenKind.Text or TokenKind.Regex ? value : throw Error("a string is a text, a regular expression or a hex string");
            if (value is { Kind: TokenKind.Text, Text: "" })
            {
                throw Error($"the string '${name}' is empty");
            }

            Advance();
            strings.Add(new StringDeclaration(isAnonymous ? $"#{strings.Count}" : name, value, Modifiers(value.Kind)) { IsAnonymous = isAnonymous });
        }

        return strings.Count > 0 ? strings.ToImmutable() : throw Error("there are no strings");
    }

    private StringModifiers Modifiers(TokenKind kind)
    {
        var modifiers = new StringModifiers();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_token.Kind == TokenKind.Word && _token.Text is "nocase" or "wide" or "ascii" or "fullword" or "private" or "xor" or "base64" or "base64wide")
        {
            var word = _token.Text;
            if (_token.Kind != TokenKind.Word)
            {
                break;
            }

            if (!seen.Add(word))
            {
                throw Error($"'{word}' is there twice");
            }

            Advance();
            modifiers = word switch
            {
                "nocase" => modifiers with { NoCase = true },
                "wide" => modifiers with { Wide = true },
                "ascii" => modifiers with { Ascii = true },
                "fullword" => modifiers with { FullWord = true },
                "private" => modifiers with { Private = true },
                "xor" => modifiers with { Xor = Keys() },
                "base64" => modifiers with { Base64 = Alphabet() },
                _ => modifiers with { Base64Wide = Alphabet() },
            };
        }

        var clash = kind == TokenKind.Hex && seen.FirstOrDefault(word => word != "private") is { } notHex ? $"a hex string is not '{notHex}'"
            : kind == TokenKind.Regex && seen.FirstOrDefault(word => word is "xor" or "base64" or "base64wide") is { } notRegex ? $"a regular expression is not '{notRegex}'"
            : modifiers.Xor is not null && modifiers.NoCase ? "'xor' and 'nocase' exclude each other"
            : (modifiers.Base64 ?? modifiers.Base64Wide) is not null && (modifiers.NoCase || modifiers.FullWord || modifiers.Xor is not null) ? "'base64' excludes 'nocase', 'fullword' and 'xor'"
            : null;
        return clash is null ? modifiers : throw Error(clash);
    }

    private (int First, int Last) Keys()
    {
        if (!Skip("("))
        {
            return (0, 255);
        }

        var first = Take(TokenKind.Integer, "a key").Integer;
        var last = Skip("-") ? Take(TokenKind.Integer, "a key").Integer : first;
        Expect(")");
        return first is >= 0 and <= 255 && last >= first && last <= 255 ? ((int)first, (int)last) : throw Error("keys of 'xor' go from 0 to 255");
    }

    private string Alphabet()
    {
        const string usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (!Skip("("))
        {
            return usual;
        }

        var alphabet = Take(TokenKind.Text, "an alphabet").Text;
        Expect(")");
        return alphabet.Length == usual.Length ? alphabet : throw Error("an alphabet of base64 has 64 characters");
    }

    // From the loosest to the tightest: or, and, not/defined, comparisons, |, ^, &, shifts, sums, products, signs.
    private Node Expression()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"a condition is nested deeper than {MaxDepth}");
        }

        var left = And();
        while (_token.Is("or"))
        {
            Advance();
            left = new Node.Binary("or", left, And());
        }

        _depth--;
        return left;
    }

    private Node And()
    {
        var left = Not();
        while (_token.Is("and"))
        {
            Advance();
            left = new Node.Binary("and", left, Not());
        }

        return left;
    }

    private Node Not()
    {
        if (_token.Is("not") || _token.Is("defined"))
        {
            var word = _token.Text;
            Advance();
            if (++_depth > MaxDepth)
            {
                throw Error($"a condition is nested deeper than {MaxDepth}");
            }

            var operand = Not();
            _depth--;
            return new Node.Unary(word, operand);
        }

        return Comparison();
    }

    private Node Comparison()
    {
        var left = Sum(0);
        while (_token.Kind is TokenKind.Sign or TokenKind.Word && _token.Text is "==" or "!=" or "<" or ">" or "<=" or ">=" or "contains" or "icontains" or "startswith" or "istartswith" or "endswith" or "iendswith" or "iequals" or "matches")
        {
            var word = _token.Text;
            Advance();
            left = new Node.Binary(word, left, Sum(0));
        }

        return left;
    }

    private static readonly string[][] Levels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "\\", "%"]];

    private Node Sum(int level)
    {
        if (level == Levels.Length)
        {
            return Signed();
        }

        var left = Sum(level + 1);
        while (_token.Kind == TokenKind.Sign && Levels[level].Contains(_token.Text))
        {
            // "50% of them": the percent belongs to the quantifier.
            if (_token.Text == "%" && PeekIsOf())
            {
                return left;
            }

            var word = _token.Text;
            Advance();
            left = new Node.Binary(word, left, Sum(level + 1));
        }

        return left;
    }

    private Token? _peeked;

    private bool PeekIsOf()
    {
        _peeked ??= _lexer.Next();
        return _peeked.Value.Is("of");
    }

    private Node Signed()
    {
        if (_token.Is("-") || _token.Is("~"))
        {
            var sign = _token.Text;
            Advance();
            if (++_depth > MaxDepth)
            {
                throw Error($"a condition is nested deeper than {MaxDepth}");
            }

            var operand = Signed();
            _depth--;
            return new Node.Unary(sign, operand);
        }

        var primary = Primary();
        if (!_isQuantity && (_token.Is("of") || (_token.Is("%") && PeekIsOf())))
        {
            return Of(primary);
        }

        return primary;
    }

    private Node Of(Node number)
    {
        var isPercent = Skip("%");
        return OfSet(new Quantifier(null, number, isPercent));
    }

    private Node OfSet(Quantifier quantifier)
    {
        Expect("of");
        if (_token.Is("(") && Advance().Kind == TokenKind.Word)
        {
            var rules = ImmutableArray.CreateBuilder<string>();
            do
            {
                var name = Identifier("the name of a rule");
                rules.Add(Skip("*") ? name + "*" : name);
            }
            while (Skip(","));
            Expect(")");
            return new Node.OfRules(quantifier, rules.ToImmutable());
        }

        var set = Set(isOpen: _token.Kind == TokenKind.StringName);
        Node? at = null;
        (Node, Node)? range = null;
        if (_token.Is("at"))
        {
            Advance();
            at = Sum(0);
        }
        else if (_token.Is("in"))
        {
            Advance();
            range = Range();
        }

        return new Node.Some(quantifier, set, at, range);
    }

    /// <summary>A set of strings.</summary>
    /// <param name="isOpen">Whether its bracket was read.</param>
    private StringSet Set(bool isOpen)
    {
        if (!isOpen && _token.Is("them"))
        {
            Advance();
            return new StringSet([]);
        }

        if (!isOpen)
        {
            Expect("(");
        }

        var names = ImmutableArray.CreateBuilder<string>();
        do
        {
            names.Add(Take(TokenKind.StringName, "a string").Text is { Length: > 0 } name ? name : throw Error("a string of a set has a name"));
        }
        while (Skip(","));
        Expect(")");
        return new StringSet(names.ToImmutable());
    }

    private Node Primary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                Advance();
                return new Node.Integer(token.Integer);
            case TokenKind.Float:
                Advance();
                return new Node.Float(token.Float);
            case TokenKind.Text:
                Advance();
                return new Node.Text(token.Text);
            case TokenKind.Regex:
                Advance();
                return new Node.Regex(token.Text, token.Flags);
            case TokenKind.StringName:
                Advance();
                return _token.Is("at") ? At(token.Text) : _token.Is("in") ? In(token.Text) : new Node.Found(token.Text, null, null);
            case TokenKind.StringCount:
                Advance();
                return new Node.Count(token.Text, _token.Is("in") ? InRange() : null);
            case TokenKind.StringOffset or TokenKind.StringLength:
                Advance();
                return new Node.Place(token.Text, token.Kind == TokenKind.StringLength, _token.Is("[") ? Index() : null);
            case TokenKind.Sign when token.Text == "(":
                Advance();
                var inner = Expression();
                Expect(")");
                return inner;
            case TokenKind.Word:
                return Word(token);
            default:
                throw Error(token.Kind == TokenKind.End ? "the file ends in a rule" : $"'{token.Text}' is not expected here");
        }
    }

    private Node.Found At(string name)
    {
        Advance();
        return new Node.Found(name, Sum(0), null);
    }

    private Node.Found In(string name) => new Node.Found(name, null, InRange());

    private (Node, Node) InRange()
    {
        Advance();
        return Range();
    }

    private (Node From, Node To) Range()
    {
        Expect("(");
        var from = Sum(0);
        Expect("..");
        var to = Sum(0);
        Expect(")");
        return (from, to);
    }

    private Node Index()
    {
        Advance();
        var index = Sum(0);
        Expect("]");
        return index;
    }

    private Node Word(Token token)
    {
        switch (token.Text)
        {
            case "true" or "false":
                Advance();
                return new Node.Flag(token.Text == "true");
            case "filesize":
                Advance();
                return new Node.FileSize();
            case "entrypoint":
                Advance();
                return new Node.EntryPoint();
            case "all" or "any" or "none":
                Advance();
                return OfSet(new Quantifier(token.Text, null, false));
            case "for":
                Advance();
                return For();
            case "int8" or "int16" or "int32" or "uint8" or "uint16" or "uint32" or "int8be" or "int16be" or "int32be" or "uint8be" or "uint16be" or "uint32be":
                Advance();
                Expect("(");
                var offset = Sum(0);
                Expect(")");
                return new Node.Call(new Node.Name(token.Text, token.Line), [offset]);
        }

        Node node = new Node.Name(Identifier("a name"), token.Line);
        while (true)
        {
            if (Skip("."))
            {
                node = new Node.Member(node, Identifier("the name of a member"));
            }
            else if (_token.Is("["))
            {
                Advance();
                node = new Node.Element(node, Expression());
                Expect("]");
            }
            else if (_token.Is("("))
            {
                node = new Node.Call(node, Arguments());
            }
            else
            {
                return node;
            }
        }
    }

    private ImmutableArray<Node> Arguments()
    {
        Expect("(");
        var arguments = ImmutableArray.CreateBuilder<Node>();
        if (Skip(")"))
        {
            return [];
        }

        do
        {
            arguments.Add(Expression());
        }
        while (Skip(","));
        Expect(")");
        return arguments.ToImmutable();
    }

    private Node For()
    {
        var quantifier = _token.Kind == TokenKind.Word && _token.Text is "all" or "any" or "none" ? new Quantifier(_token.Text, null, false) : null;
        if (quantifier is not null)
        {
            Advance();
        }
        else
        {
            // The "of" behind it belongs to the loop.
            _isQuantity = true;
            var number = Sum(0);
            _isQuantity = false;
            quantifier = new Quantifier(null, number, Skip("%"));
        }

        if (Skip("of"))
        {
            var set = Set(isOpen: false);
            Expect(":");
            return new Node.ForStrings(quantifier, set, Body());
        }

        var variables = ImmutableArray.CreateBuilder<string>();
        do
        {
            variables.Add(Identifier("a variable"));
        }
        while (Skip(","));
        Expect("in");
        if (!_token.Is("("))
        {
            var iterated = Word(_token);
            Expect(":");
            return new Node.ForValues(quantifier, variables.ToImmutable(), iterated, null, [], Body());
        }

        Advance();
        var first = Sum(0);
        (Node, Node)? range = null;
        var items = ImmutableArray.CreateBuilder<Node>();
        if (Skip(".."))
        {
            range = (first, Sum(0));
        }
        else
        {
            items.Add(first);
            while (Skip(","))
            {
                items.Add(Sum(0));
            }
        }

        Expect(")");
        Expect(":");
        return new Node.ForValues(quantifier, variables.ToImmutable(), null, range, items.ToImmutable(), Body());
    }

    private Node Body()
    {
        Expect("(");
        var body = Expression();
        Expect(")");
        return body;
    }

    private Token Advance()
    {
        _token = _peeked ?? _lexer.Next();
        _peeked = null;
        return _token;
    }

    private bool Skip(string text)
    {
        if (!_token.Is(text))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(string text)
    {
        if (!Skip(text))
        {
            throw Error($"'{text}' is expected, and '{_token.Text}' is there");
        }
    }

    private Token Take(TokenKind kind, string what)
    {
        var token = _token.Kind == kind ? _token : throw Error($"{what} is expected");
        Advance();
        return token;
    }

    private string Identifier(string what)
    {
        var token = _token;
        if (token.Kind != TokenKind.Word || Reserved.Contains(token.Text))
        {
            throw Error($"{what} is expected, and '{token.Text}' is there");
        }

        Advance();
        return token.Text;
    }

    private YaraException Error(string problem) => new(_file, _token.Line, problem);
}
