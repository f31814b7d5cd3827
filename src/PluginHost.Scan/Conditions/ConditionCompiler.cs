using System.Collections.Immutable;
using PluginHost.Scan.Modules;
using PluginHost.Scan.Patterns;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>Makes terms out of a condition that was checked.</summary>
internal sealed class ConditionCompiler
{
    private const int CurrentString = -1;
    private readonly RuleDeclaration _rule;
    private readonly ImmutableDictionary<string, int> _numbers;
    private readonly Dictionary<string, int> _variables = new(StringComparer.Ordinal);
    private int _places;
    private int _nodes;

    private ConditionCompiler(RuleDeclaration rule, ImmutableDictionary<string, int> numbers) => (_rule, _numbers) = (rule, numbers);

    /// <summary>Compiles a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="numbers">The numbers of its strings among all, by their names.</param>
    public static CompiledRule Compile(RuleDeclaration rule, ImmutableDictionary<string, int> numbers)
    {
        var compiler = new ConditionCompiler(rule, numbers);
        var condition = compiler.Compile(rule.Condition);
        return new CompiledRule(rule, numbers, condition, compiler._places);
    }

    private Term Compile(Node node)
    {
        _nodes++;
        return node switch
        {
            Node.Integer number => Constant(Value.Of(number.Value)),
            Node.Float number => Constant(Value.Of(number.Value)),
            Node.Text text => Constant(Value.Of(text.Value)),
            Node.Flag flag => Constant(Value.Of(flag.Value)),
            Node.FileSize => static frame => Value.Of((long)frame.Data.Length),
            Node.Name name => Name(name.Id),
            Node.Member { Of: Node.Name module } member => Constant(Value.Of(ScanModules.Constant($"{module.Id}.{member.Id}")!.Value)),
            Node.Call call => Call(call),
            Node.Found found => Found(found),
            Node.Count count => Count(count),
            Node.Place place => Place(place),
            Node.Unary unary => Unary(unary.Operator, Compile(unary.Operand)),
            Node.Chain chain => Chain(chain),
            Node.Some of => Some(of),
            Node.OfRules rules => OfRules(rules),
            Node.ForStrings loop => ForStrings(loop),
            Node.ForValues loop => ForValues(loop),
            _ => throw new InvalidOperationException($"a condition with {node.GetType().Name} was not refused"),
        };
    }

    private static Term Constant(Value value) => _ => value;

    private Term? Optional(Node? node) => node is null ? null : Compile(node);

    private (Term From, Term To)? Range((Node From, Node To)? range) => range is { } bounds ? (Compile(bounds.From), Compile(bounds.To)) : null;

    private Term Name(string name) => _variables.TryGetValue(name, out var place)
        ? frame => frame.Variables[place]
        : frame => frame.Rules.TryGetValue(name, out var held) ? Value.Of(held) : frame.Externals.TryGetValue(name, out var external) ? Value.Of(external) : default;

    private Term Call(Node.Call call)
    {
        var arguments = call.Arguments.Select(Compile).ToArray();
        if (call.Function is Node.Name { Id: var reading })
        {
            var (reader, offset) = (ByteReader.Named(reading)!, arguments[0]);
            return frame => offset(frame) is { IsInteger: true, Integer: var at } ? reader.Read(frame.Data.Span, at) : default;
        }

        var member = (Node.Member)call.Function;
        var function = $"{((Node.Name)member.Of).Id}.{member.Id}";
        return frame =>
        {
            var values = new object[arguments.Length];
            for (var i = 0; i < values.Length; i++)
            {
                if (arguments[i](frame).Boxed is not { } value)
                {
                    return default;
                }

                values[i] = value;
            }

            frame.Spend(ScanModules.CostOf(function, values, frame.Data.Length));
            return Value.Of(ScanModules.Call(function, values, frame.Data.Span));
        };
    }

    private int Number(string name) => name.Length == 0 ? CurrentString : _numbers[name];

    private Term Found(Node.Found found)
    {
        var presence = Presence(Optional(found.At), Range(found.In));
        var number = Number(found.Id);
        return frame => presence(frame, number);
    }

    /// <summary>Whether a string is there: anywhere, at a place, or in a range; not defined where the range is not.</summary>
    private static Func<Frame, int, Value> Presence(Term? at, (Term From, Term To)? range)
    {
        if (at is not null)
        {
            return (frame, number) => Value.Of(at(frame) is { IsInteger: true, Integer: var offset } && frame.MatchesOf(number) is var matches
                && First(matches, offset) is var place && place < matches.Count && matches[place].Offset == offset);
        }

        if (range is var (from, to))
        {
            return (frame, number) => from(frame) is { IsInteger: true, Integer: var low } && to(frame) is { IsInteger: true, Integer: var high }
                ? Value.Of(frame.MatchesOf(number) is var matches && First(matches, low) is var first && first < matches.Count && matches[first].Offset <= high)
                : default;
        }

        return static (frame, number) => Value.Of(frame.MatchesOf(number).Count > 0);
    }

    /// <summary>The first match that does not begin before an offset.</summary>
    private static int First(IReadOnlyList<Match> matches, long offset)
    {
        var (low, high) = (0, matches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = matches[middle].Offset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private Term Count(Node.Count count)
    {
        var number = Number(count.Id);
        if (Range(count.In) is not var (from, to))
        {
            return frame => Value.Of((long)frame.MatchesOf(number).Count);
        }

        return frame => from(frame) is { IsInteger: true, Integer: var low } && to(frame) is { IsInteger: true, Integer: var high } && frame.MatchesOf(number) is var matches
            ? Value.Of(Math.Max(0L, First(matches, high == long.MaxValue ? high : high + 1) - First(matches, low)))
            : default;
    }

    private Term Place(Node.Place place)
    {
        var (number, index, isLength) = (Number(place.Id), place.Index is null ? Constant(Value.Of(1L)) : Compile(place.Index), place.IsLength);
        return frame => index(frame) is { IsInteger: true, Integer: >= 1 and var i } && frame.MatchesOf(number) is var matches && i <= matches.Count
            ? Value.Of((long)(isLength ? Measured(matches[(int)i - 1]) : matches[(int)i - 1].Offset))
            : default;
    }

    private static Term Unary(string sign, Term operand) => sign switch
    {
        "not" => frame => operand(frame) is { IsDefined: true } value ? Value.Of(!value.IsTrue) : default,
        "defined" => frame => Value.Of(operand(frame).IsDefined),
        "-" => frame => operand(frame) is { IsNumber: true } value ? value.IsInteger ? Value.Of(unchecked(-value.Integer)) : Value.Of(-value.Number) : default,
        _ => frame => operand(frame) is { IsInteger: true } value ? Value.Of(~value.Integer) : default,
    };

    private Term Chain(Node.Chain chain)
    {
        var first = Compile(chain.First);
        switch (chain.Rest[0].Operator)
        {
            // What is not defined counts as false where truths are joined.
            case "and":
                return Joined([first, .. chain.Rest.Select(operation => Compile(operation.Operand))], decisive: false);
            case "or":
                return Joined([first, .. chain.Rest.Select(operation => Compile(operation.Operand))], decisive: true);
        }

        var rest = chain.Rest.Select(operation => Operation(chain.First, operation)).ToArray();
        if (rest is [var only])
        {
            return frame => only(frame, first(frame));
        }

        return frame =>
        {
            var value = first(frame);
            foreach (var operation in rest)
            {
                value = operation(frame, value);
            }

            return value;
        };
    }

    /// <summary>Truths joined: one that decides ends it, and those behind it are not asked.</summary>
    private static Term Joined(Term[] terms, bool decisive) => frame =>
    {
        foreach (var term in terms)
        {
            if (term(frame).IsTrue == decisive)
            {
                return Value.Of(decisive);
            }
        }

        return Value.Of(!decisive);
    };

    private static bool HasFraction(Node node) => node switch
    {
        Node.Float or Node.Member => true,
        Node.Call { Function: Node.Member { Of: Node.Name module } member } => ScanModules.Signature($"{module.Id}.{member.Id}")?.Result == ValueKind.Float,
        Node.Unary { Operator: "-" } unary => HasFraction(unary.Operand),
        Node.Chain chain => chain.Operands.Any(HasFraction),
        _ => false,
    };

    private Func<Frame, Value, Value> Operation(Node first, Operation operation)
    {
        _nodes++;
        if (operation.Operator == "matches")
        {
            var expression = operation.Operand is Node.Regex read ? TextExpression.Of(read) : null;
            return (frame, left) =>
            {
                if (left.Text is not { } text || expression is null)
                {
                    return default;
                }

                frame.Spend(text.Length);
                return Value.Of(expression.Matches(text));
            };
        }

        var (sign, operand) = (Operators.Of(operation.Operator), Compile(operation.Operand));
        if (sign == Sign.Less && (HasFraction(first) || HasFraction(operation.Operand)))
        {
            // Of fractions what is not defined is less than nothing, in YARA, and that is defined.
            return (frame, left) => operand(frame) is var right && left.IsDefined && right.IsDefined ? Operators.Join(sign, left, right) : Value.Of(false);
        }

        if (sign < Sign.Contains)
        {
            return (frame, left) => Operators.Join(sign, left, operand(frame));
        }

        return (frame, left) =>
        {
            var right = operand(frame);
            frame.Spend(((left.Text?.Length ?? 0) + (right.Text?.Length ?? 0)) / 8);
            return Operators.Join(sign, left, right);
        };
    }

    private Amount AmountOf(Quantifier quantifier) => new(quantifier.Word, Optional(quantifier.Number), quantifier.IsPercent);

    /// <summary>Strings of a set, one that is named twice twice.</summary>
    private int[] NumbersOf(StringSet set) => [.. set.Names.Select(name => new StringSet([name])).DefaultIfEmpty(set).SelectMany(named => _rule.Strings.Where(named.Holds)).Select(declared => _numbers[declared.Name])];

    private Term Some(Node.Some of)
    {
        var (amount, numbers, before) = (AmountOf(of.Quantifier), NumbersOf(of.Set), _nodes);
        var range = Range(of.In);
        var presence = Presence(Optional(of.At), range);
        var cost = 1 + _nodes - before;
        Func<Frame, int, bool> holds = (frame, i) =>
        {
            frame.Spend(cost);
            return presence(frame, numbers[i]).IsTrue;
        };
        return range is var (from, to)
            ? frame => from(frame).IsDefined && to(frame).IsDefined ? amount.Of(frame, numbers.Length, holds) : default
            : frame => amount.Of(frame, numbers.Length, holds);
    }

    private static int Measured(Match match) => match.IsMeasured ? match.Length : throw new UnsupportedException("how long a match is, which took too many steps to find out");

    private Term OfRules(Node.OfRules of)
    {
        var amount = AmountOf(of.Quantifier);
        bool IsMeant(string name) => of.Rules.Any(wanted => wanted.EndsWith('*') ? name.StartsWith(wanted[..^1], StringComparison.Ordinal) : name == wanted);

        // A rule may be one of those that it counts; it does not hold yet.
        var own = IsMeant(_rule.Name) ? 1 : 0;
        return frame =>
        {
            frame.Spend(frame.Rules.Count);
            var names = frame.Rules.Keys.Where(IsMeant).ToList();
            return amount.Of(frame, names.Count + own, (_, i) => i < names.Count && frame.Rules[names[i]]);
        };
    }

    private Term ForStrings(Node.ForStrings loop)
    {
        var (amount, numbers, before) = (AmountOf(loop.Quantifier), NumbersOf(loop.Set), _nodes);
        var body = Compile(loop.Body);
        var cost = 1 + _nodes - before;
        Func<Frame, int, bool> holds = (frame, i) =>
        {
            frame.Spend(cost);
            var outer = frame.Current;
            frame.Current = numbers[i];
            var isTrue = body(frame).IsTrue;
            frame.Current = outer;
            return isTrue;
        };
        return frame => amount.InLoop(frame, numbers.Length, holds);
    }

    private Term ForValues(Node.ForValues loop)
    {
        var amount = AmountOf(loop.Quantifier);
        var (range, items) = (Range(loop.Range), loop.Items.Select(Compile).ToArray());
        var (name, place, start) = (loop.Variables[0], _places++, _places++);
        var before = _nodes;
        _variables[name] = place;
        var body = Compile(loop.Body);
        var cost = 1 + _nodes - before;
        _variables.Remove(name);

        if (range is not var (from, to))
        {
            Func<Frame, int, bool> each = (frame, i) =>
            {
                frame.Spend(cost);
                frame.Variables[place] = items[i](frame);
                return body(frame).IsTrue;
            };
            return frame => amount.InLoop(frame, items.Length, each);
        }

        Func<Frame, int, bool> holds = (frame, i) =>
        {
            frame.Spend(cost);
            frame.Variables[place] = Value.Of(frame.Variables[start].Integer + i);
            return body(frame).IsTrue;
        };
        return frame =>
        {
            if (from(frame) is not { IsInteger: true, Integer: var low } || to(frame) is not { IsInteger: true, Integer: var high } || high < low)
            {
                // A loop that cannot begin holds for nothing, whatever is wanted.
                return Value.Of(false);
            }

            // More than can be counted is more than is ever come to.
            var count = (int)Math.Min(unchecked((ulong)(high - low)), int.MaxValue - 1) + 1;
            frame.Variables[start] = Value.Of(low);
            return amount.InLoop(frame, count, holds);
        };
    }
}
