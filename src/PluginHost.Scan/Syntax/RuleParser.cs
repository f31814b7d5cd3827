using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>
/// Reads files of rules: the whole grammar of YARA 4, so that what is not supported is known by its name and leaves the rules around it as they are.
/// </summary>
internal sealed class RuleParser
{
    private const int MaxRules = 50_000;
    private readonly string _file;
    private readonly TokenReader _tokens;
    private readonly ConditionParser _conditions;

    private RuleParser(string file, string text)
    {
        _file = file;
        _tokens = new TokenReader(file, text);
        _conditions = new ConditionParser(_tokens);
    }

    /// <exception cref="YaraException">It is malformed.</exception>
    public static ImmutableArray<RuleDeclaration> Parse(string file, string text) => new RuleParser(file, text).Rules();

    private ImmutableArray<RuleDeclaration> Rules()
    {
        var rules = ImmutableArray.CreateBuilder<RuleDeclaration>();
        var imports = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
        string? unsupported = null;
        while (_tokens.Here.Kind != TokenKind.End)
        {
            if (_tokens.Here.Is("import"))
            {
                _tokens.Advance();
                imports = imports.Add(_tokens.Take(TokenKind.Text, "the name of a module").Text);
            }
            else if (_tokens.Here.Is("include"))
            {
                _tokens.Advance();
                unsupported = $"the file includes '{_tokens.Take(TokenKind.Text, "the name of a file").Text}'";
            }
            else
            {
                rules.Add(Rule(imports) with { Unsupported = unsupported });
                if (rules.Count > MaxRules)
                {
                    throw _tokens.Error($"a file has at most {MaxRules} rules");
                }
            }
        }

        return rules.ToImmutable();
    }

    private RuleDeclaration Rule(ImmutableHashSet<string> imports)
    {
        var modifiers = new HashSet<string>(StringComparer.Ordinal);
        while (_tokens.Here.Is("private") || _tokens.Here.Is("global"))
        {
            if (!modifiers.Add(_tokens.Here.Text))
            {
                throw _tokens.Error($"'{_tokens.Here.Text}' is there twice");
            }

            _tokens.Advance();
        }

        _tokens.Expect("rule");
        var (line, name) = (_tokens.Here.Line, _tokens.Identifier("the name of a rule"));
        var tags = ImmutableArray.CreateBuilder<string>();
        if (_tokens.Skip(":"))
        {
            do
            {
                var tag = _tokens.Identifier("a tag");
                tags.Add(!tags.Contains(tag) ? tag : throw _tokens.Error($"the tag '{tag}' is there twice"));
            }
            while (_tokens.Here.Kind == TokenKind.Word);
        }

        _tokens.Expect("{");
        var meta = Meta();
        var strings = Strings();
        _tokens.Expect("condition");
        _tokens.Expect(":");
        var condition = _conditions.Expression();
        _tokens.Expect("}");
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
        if (_tokens.Here.Is("meta"))
        {
            _tokens.Advance();
            _tokens.Expect(":");
            while (_tokens.Here.Kind == TokenKind.Word && !_tokens.Here.Is("strings") && !_tokens.Here.Is("condition"))
            {
                var key = _tokens.Identifier("the name of a fact");
                _tokens.Expect("=");
                var negative = _tokens.Skip("-");
                object value = _tokens.Here switch
                {
                    { Kind: TokenKind.Text } when !negative => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(_tokens.Here.Text)),
                    { Kind: TokenKind.Integer } => negative ? -_tokens.Here.Integer : _tokens.Here.Integer,
                    _ when _tokens.Here.Is("true") || _tokens.Here.Is("false") => _tokens.Here.Is("true"),
                    _ => throw _tokens.Error("a fact is a text, a whole number, true or false"),
                };
                _tokens.Advance();
                meta.Add(KeyValuePair.Create(key, value));
            }

            if (meta.Count == 0)
            {
                throw _tokens.Error("there are no facts");
            }
        }

        return meta.ToImmutable();
    }

    private ImmutableArray<StringDeclaration> Strings()
    {
        var strings = ImmutableArray.CreateBuilder<StringDeclaration>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!_tokens.Here.Is("strings"))
        {
            return [];
        }

        _tokens.Advance();
        _tokens.Expect(":");
        while (_tokens.Here.Kind == TokenKind.StringName)
        {
            var (name, isAnonymous) = (_tokens.Here.Text, _tokens.Here.Text.Length == 0);
            if (!isAnonymous && !names.Add(name))
            {
                throw _tokens.Error($"the string '${name}' is there twice");
            }

            _tokens.Advance();
            _tokens.Expect("=");
            var value = _tokens.Here.Is("{") ? _tokens.AdvanceToHex()
                : _tokens.Here.Kind is TokenKind.Text or TokenKind.Regex ? _tokens.Here : throw _tokens.Error("a string is a text, a regular expression or a hex string");
            if (value is { Kind: TokenKind.Text, Text: "" })
            {
                throw _tokens.Error($"the string '${name}' is empty");
            }

            _tokens.Advance();
            strings.Add(new StringDeclaration(isAnonymous ? $"#{strings.Count}" : name, value, Modifiers(value.Kind)) { IsAnonymous = isAnonymous });
        }

        return strings.Count > 0 ? strings.ToImmutable() : throw _tokens.Error("there are no strings");
    }

    private StringModifiers Modifiers(TokenKind kind)
    {
        var modifiers = new StringModifiers();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_tokens.Here.Kind == TokenKind.Word && _tokens.Here.Text is "nocase" or "wide" or "ascii" or "fullword" or "private" or "xor" or "base64" or "base64wide")
        {
            var word = _tokens.Here.Text;
            if (_tokens.Here.Kind != TokenKind.Word)
            {
                break;
            }

            if (!seen.Add(word))
            {
                throw _tokens.Error($"'{word}' is there twice");
            }

            _tokens.Advance();
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
        return clash is null ? modifiers : throw _tokens.Error(clash);
    }

    private (int First, int Last) Keys()
    {
        if (!_tokens.Skip("("))
        {
            return (0, 255);
        }

        var first = _tokens.Take(TokenKind.Integer, "a key").Integer;
        var last = _tokens.Skip("-") ? _tokens.Take(TokenKind.Integer, "a key").Integer : first;
        _tokens.Expect(")");
        return first is >= 0 and <= 255 && last >= first && last <= 255 ? ((int)first, (int)last) : throw _tokens.Error("keys of 'xor' go from 0 to 255");
    }

    private string Alphabet()
    {
        const string usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (!_tokens.Skip("("))
        {
            return usual;
        }

        var alphabet = _tokens.Take(TokenKind.Text, "an alphabet").Text;
        _tokens.Expect(")");
        return alphabet.Length == usual.Length ? alphabet : throw _tokens.Error("an alphabet of base64 has 64 characters");
    }
}
