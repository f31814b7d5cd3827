using System.Collections.Frozen;
using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>Reads conditions.</summary>
internal sealed class ConditionParser(TokenReader tokens)
{
    private const int MaxDepth = 100;
    private static readonly FrozenDictionary<string, Rank> Ranks = new (Rank Rank, string[] Signs)[]
    {
        (Rank.Or, ["or"]),
        (Rank.And, ["and"]),
        (Rank.Comparison, ["==", "!=", "<", ">", "<=", ">=", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iequals", "matches"]),
        (Rank.BitOr, ["|"]),
        (Rank.BitXor, ["^"]),
        (Rank.BitAnd, ["&"]),
        (Rank.Shift, ["<<", ">>"]),
        (Rank.Sum, ["+", "-"]),
        (Rank.Product, ["*", "\\", "%"]),
    }.SelectMany(rank => rank.Signs.Select(sign => KeyValuePair.Create(sign, rank.Rank))).ToFrozenDictionary(StringComparer.Ordinal);

    private int _depth;
    private bool _isQuantity;

    /// <exception cref="YaraException">It is malformed.</exception>
    public Node Expression() => Operators(Rank.Or);

    private Node Sum() => Operators(Rank.BitOr);

    /// <summary>
    /// Operands and the operators between them that bind at least as tight as a rank. Operators of one rank are one node, however many there are, and what binds
    /// tighter is read by one call for each rank that is there: a condition takes stack for its depth alone.
    /// </summary>
    private Node Operators(Rank lowest)
    {
        if (++_depth > MaxDepth)
        {
            throw tokens.Error($"a condition is nested deeper than {MaxDepth}");
        }

        // "1 + 1 of them" wants two: a number ends before "of", whatever it is made of.
        var endsNumbers = lowest <= Rank.Comparison && !_isQuantity;
        var left = lowest <= Rank.Not && (tokens.Here.Is("not") || tokens.Here.Is("defined")) ? Not() : Signed();
        left = endsNumbers && IsOf ? Of(left) : left;
        while (RankHere() is { } rank && rank >= lowest)
        {
            var rest = ImmutableArray.CreateBuilder<Operation>();
            while (RankHere() == rank)
            {
                var sign = tokens.Here.Text;
                tokens.Advance();
                rest.Add(new Operation(sign, Operators(rank + 1)));
            }

            left = new Node.Chain(left, rest.ToImmutable());
            left = endsNumbers && rank > Rank.Comparison && IsOf ? Of(left) : left;
        }

        _depth--;
        return left;
    }

    // "50% of them": the percent belongs to the quantifier.
    private Rank? RankHere() => tokens.Here.Kind is TokenKind.Sign or TokenKind.Word && Ranks.TryGetValue(tokens.Here.Text, out var rank) && !(tokens.Here.Is("%") && tokens.Next.Is("of")) ? rank : null;

    private Node.Unary Not()
    {
        var word = tokens.Here.Text;
        tokens.Advance();
        return new Node.Unary(word, Operators(Rank.Not));
    }

    private Node Signed()
    {
        if (tokens.Here.Is("-") || tokens.Here.Is("~"))
        {
            var sign = tokens.Here.Text;
            tokens.Advance();
            return new Node.Unary(sign, Operators(Rank.Sign));
        }

        return Primary();
    }

    private bool IsOf => tokens.Here.Is("of") || (tokens.Here.Is("%") && tokens.Next.Is("of"));

    private Node Of(Node number)
    {
        var isPercent = tokens.Skip("%");
        return OfSet(new Quantifier(null, number, isPercent));
    }

    private Node OfSet(Quantifier quantifier)
    {
        tokens.Expect("of");
        if (tokens.Here.Is("(") && tokens.Advance().Kind == TokenKind.Word)
        {
            var rules = ImmutableArray.CreateBuilder<string>();
            do
            {
                var name = tokens.Identifier("the name of a rule");
                rules.Add(tokens.Skip("*") ? name + "*" : name);
            }
            while (tokens.Skip(","));
            tokens.Expect(")");
            return new Node.OfRules(quantifier, rules.ToImmutable());
        }

        var set = Set(isOpen: tokens.Here.Kind == TokenKind.StringName);
        Node? at = null;
        (Node, Node)? range = null;
        if (tokens.Here.Is("at"))
        {
            tokens.Advance();
            at = Sum();
        }
        else if (tokens.Here.Is("in"))
        {
            tokens.Advance();
            range = Range();
        }

        return new Node.Some(quantifier, set, at, range);
    }

    /// <summary>A set of strings.</summary>
    /// <param name="isOpen">Whether its bracket was read.</param>
    private StringSet Set(bool isOpen)
    {
        if (!isOpen && tokens.Here.Is("them"))
        {
            tokens.Advance();
            return new StringSet([]);
        }

        if (!isOpen)
        {
            tokens.Expect("(");
        }

        var names = ImmutableArray.CreateBuilder<string>();
        do
        {
            names.Add(tokens.Take(TokenKind.StringName, "a string").Text is { Length: > 0 } name ? name : throw tokens.Error("a string of a set has a name"));
        }
        while (tokens.Skip(","));
        tokens.Expect(")");
        return new StringSet(names.ToImmutable());
    }

    private Node Primary()
    {
        var token = tokens.Here;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                tokens.Advance();
                return new Node.Integer(token.Integer);
            case TokenKind.Float:
                tokens.Advance();
                return new Node.Float(token.Float);
            case TokenKind.Text:
                tokens.Advance();
                return new Node.Text(token.Text);
            case TokenKind.Regex:
                tokens.Advance();
                return new Node.Regex(token.Text, token.Flags);
            case TokenKind.StringName:
                tokens.Advance();
                return tokens.Here.Is("at") ? At(token.Text) : tokens.Here.Is("in") ? In(token.Text) : new Node.Found(token.Text, null, null);
            case TokenKind.StringCount:
                tokens.Advance();
                return new Node.Count(token.Text, tokens.Here.Is("in") ? InRange() : null);
            case TokenKind.StringOffset or TokenKind.StringLength:
                tokens.Advance();
                return new Node.Place(token.Text, token.Kind == TokenKind.StringLength, tokens.Here.Is("[") ? Index() : null);
            case TokenKind.Sign when token.Text == "(":
                tokens.Advance();
                var inner = Expression();
                tokens.Expect(")");
                return inner;
            case TokenKind.Word:
                return Word(token);
            default:
                throw tokens.Error(token.Kind == TokenKind.End ? "the file ends in a rule" : $"'{token.Text}' is not expected here");
        }
    }

    private Node.Found At(string name)
    {
        tokens.Advance();
        return new Node.Found(name, Sum(), null);
    }

    private Node.Found In(string name) => new(name, null, InRange());

    private (Node, Node) InRange()
    {
        tokens.Advance();
        return Range();
    }

    private (Node From, Node To) Range()
    {
        tokens.Expect("(");
        var from = Sum();
        tokens.Expect("..");
        var to = Sum();
        tokens.Expect(")");
        return (from, to);
    }

    private Node Index()
    {
        tokens.Advance();
        var index = Sum();
        tokens.Expect("]");
        return index;
    }

    private Node Word(Token token)
    {
        switch (token.Text)
        {
            case "true" or "false":
                tokens.Advance();
                return new Node.Flag(token.Text == "true");
            case "filesize":
                tokens.Advance();
                return new Node.FileSize();
            case "entrypoint":
                tokens.Advance();
                return new Node.EntryPoint();
            case "all" or "any" or "none":
                tokens.Advance();
                return OfSet(new Quantifier(token.Text, null, false));
            case "for":
                tokens.Advance();
                return For();
            case "int8" or "int16" or "int32" or "uint8" or "uint16" or "uint32" or "int8be" or "int16be" or "int32be" or "uint8be" or "uint16be" or "uint32be":
                tokens.Advance();
                tokens.Expect("(");
                var offset = Sum();
                tokens.Expect(")");
                return new Node.Call(new Node.Name(token.Text, token.Line), [offset]);
        }

        Node node = new Node.Name(tokens.Identifier("a name"), token.Line);
        while (true)
        {
            if (tokens.Skip("."))
            {
                node = new Node.Member(node, tokens.Identifier("the name of a member"));
            }
            else if (tokens.Here.Is("["))
            {
                tokens.Advance();
                node = new Node.Element(node, Expression());
                tokens.Expect("]");
            }
            else if (tokens.Here.Is("("))
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
        tokens.Expect("(");
        var arguments = ImmutableArray.CreateBuilder<Node>();
        if (tokens.Skip(")"))
        {
            return [];
        }

        do
        {
            arguments.Add(Expression());
        }
        while (tokens.Skip(","));
        tokens.Expect(")");
        return arguments.ToImmutable();
    }

    private Node For()
    {
        var quantifier = tokens.Here.Kind == TokenKind.Word && tokens.Here.Text is "all" or "any" or "none" ? new Quantifier(tokens.Here.Text, null, false) : null;
        if (quantifier is not null)
        {
            tokens.Advance();
        }
        else
        {
            // The "of" behind it belongs to the loop.
            _isQuantity = true;
            var number = Sum();
            _isQuantity = false;
            quantifier = new Quantifier(null, number, false);
        }

        if (tokens.Skip("of"))
        {
            var set = Set(isOpen: false);
            tokens.Expect(":");
            return new Node.ForStrings(quantifier, set, Body());
        }

        var variables = ImmutableArray.CreateBuilder<string>();
        do
        {
            variables.Add(tokens.Identifier("a variable"));
        }
        while (tokens.Skip(","));
        tokens.Expect("in");
        if (!tokens.Here.Is("("))
        {
            var iterated = Word(tokens.Here);
            tokens.Expect(":");
            return new Node.ForValues(quantifier, variables.ToImmutable(), iterated, null, [], Body());
        }

        tokens.Advance();
        var first = Sum();
        (Node, Node)? range = null;
        var items = ImmutableArray.CreateBuilder<Node>();
        if (tokens.Skip(".."))
        {
            range = (first, Sum());
        }
        else
        {
            items.Add(first);
            while (tokens.Skip(","))
            {
                items.Add(Sum());
            }
        }

        tokens.Expect(")");
        tokens.Expect(":");
        return new Node.ForValues(quantifier, variables.ToImmutable(), null, range, items.ToImmutable(), Body());
    }

    private Node Body()
    {
        tokens.Expect("(");
        var body = Expression();
        tokens.Expect(")");
        return body;
    }
}
