using System.Collections.Immutable;
using PluginHost.Scan.Modules;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>Looks at a condition before it is ever evaluated: every name has to be known, and everything that is used supported.</summary>
internal sealed class ConditionCheck
{
    private readonly RuleDeclaration _rule;
    private readonly IReadOnlySet<string> _rules;
    private readonly IReadOnlyDictionary<string, ValueKind> _externals;
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _placed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named;
    private int _loops;

    private ConditionCheck(RuleDeclaration rule, IReadOnlySet<string> rules, IReadOnlyDictionary<string, ValueKind> externals)
    {
        (_rule, _rules, _externals) = (rule, rules, externals);
        _named = rule.Strings.Where(declared => !declared.IsAnonymous).Select(declared => declared.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Checks a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="rules">Rules before it.</param>
    /// <param name="externals">Facts from outside, and what kind each is.</param>
    /// <returns>Strings of which it matters where and how often they are found.</returns>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    /// <exception cref="YaraException">It names something that is not there.</exception>
    public static ImmutableHashSet<string> Of(RuleDeclaration rule, IReadOnlySet<string> rules, IReadOnlyDictionary<string, ValueKind> externals)
    {
        var check = new ConditionCheck(rule, rules, externals);
        check.Look(rule.Condition);
        return rule.Strings.FirstOrDefault(declared => !declared.Name.StartsWith('_') && !check._used.Contains(declared.Name)) is { } unused
            ? throw check.Wrong($"the string '${(unused.IsAnonymous ? "" : unused.Name)}' is not used in the condition")
            : [.. check._placed];
    }

    private YaraException Wrong(string problem) => new(_rule.File, _rule.Line, $"in the rule '{_rule.Name}': {problem}");

    private ValueKind Look(Node node)
    {
        switch (node)
        {
            case Node.Integer or Node.FileSize:
                return ValueKind.Integer;
            case Node.Float:
                return ValueKind.Float;
            case Node.Text:
                return ValueKind.Text;
            case Node.Flag:
                return ValueKind.Truth;
            case Node.EntryPoint:
                throw new UnsupportedException("entrypoint");
            case Node.Name name:
                return _variables.Contains(name.Id) ? ValueKind.Integer
                    : _rules.Contains(name.Id) ? ValueKind.Truth
                    : _externals.TryGetValue(name.Id, out var kind) ? kind
                    : throw (_rule.Imports.Contains(name.Id) ? new UnsupportedException($"the module '{name.Id}'") : Wrong($"'{name.Id}' is not known"));
            case Node.Member { Of: Node.Name module } member when _rule.Imports.Contains(module.Id) && ScanModules.Constant($"{module.Id}.{member.Id}") is not null:
                return ValueKind.Float;
            case Node.Member or Node.Element:
                throw Module(node);
            case Node.Call call:
                return Call(call);
            case Node.Found found:
                Use(found.Id, found.At is not null || found.In is not null);
                Look(found.At, found.In);
                return ValueKind.Truth;
            case Node.Count count:
                Use(count.Id, true);
                Look(null, count.In);
                return ValueKind.Integer;
            case Node.Place place:
                Use(place.Id, true);
                _ = place.Index is null ? ValueKind.Integer : Look(place.Index);
                return ValueKind.Integer;
            case Node.Unary unary:
                return Unary(unary);
            case Node.Chain chain:
                return Chain(chain);
            case Node.Regex:
                throw Wrong("a regular expression stands where none can");
            case Node.Some of:
                Use(of.Set, of.At is not null || of.In is not null);
                Look(of.Quantifier);
                Look(of.At, of.In);
                return ValueKind.Truth;
            case Node.OfRules of:
                Look(of.Quantifier);
                return of.Rules.FirstOrDefault(name => !(name.EndsWith('*') ? _rules.Append(_rule.Name).Any(rule => rule.StartsWith(name[..^1], StringComparison.Ordinal)) : name == _rule.Name || _rules.Contains(name))) is { } unknown ? throw Wrong($"the rule '{unknown}' is not known") : ValueKind.Truth;
            case Node.ForStrings loop:
                Look(loop.Quantifier);
                _loops++;
                Use(loop.Set, Places(loop.Body));
                Look(loop.Body);
                _loops--;
                return ValueKind.Truth;
            case Node.ForValues loop:
                Loop(loop);
                return ValueKind.Truth;
            default:
                throw Wrong("a part of the condition stands where it cannot");
        }
    }

    private void Look(Quantifier quantifier)
    {
        if (quantifier.Number is not { } number)
        {
            return;
        }

        if (Look(number) == ValueKind.Truth)
        {
            throw Wrong("how many is a number, not a truth");
        }

        if (quantifier.IsPercent && Constant(number) is < 1 or > 100)
        {
            throw Wrong("a percentage is between 1 and 100");
        }
    }

    private void Look(Node? node, (Node From, Node To)? range)
    {
        if (node is not null)
        {
            Want(node, ValueKind.Integer, "a place");
        }

        if (range is { } bounds)
        {
            Want(bounds.From, ValueKind.Integer, "the bound of a range");
            Want(bounds.To, ValueKind.Integer, "the bound of a range");
        }
    }

    private void Want(Node node, ValueKind wanted, string what)
    {
        if (Look(node) is var kind && kind != wanted && kind != ValueKind.Unknown)
        {
            throw Wrong($"{what} is {NameOf(wanted)}, not {NameOf(kind)}");
        }
    }

    private static string NameOf(ValueKind kind) => kind switch { ValueKind.Integer => "a whole number", ValueKind.Float => "a number with a fraction", ValueKind.Text => "a text", _ => "a truth" };

    private ValueKind Unary(Node.Unary unary)
    {
        var kind = Look(unary.Operand);
        return unary.Operator is "not" or "defined" ? ValueKind.Truth
            : kind is ValueKind.Integer or ValueKind.Unknown || (kind == ValueKind.Float && unary.Operator == "-") ? kind
            : throw Wrong($"'{unary.Operator}' is not for {NameOf(kind)}");
    }

    private ValueKind Chain(Node.Chain chain)
    {
        var kind = Look(chain.First);
        foreach (var (sign, operand) in chain.Rest)
        {
            if (sign == "matches")
            {
                Try(() => _ = operand is Node.Regex expression ? TextExpression.Of(expression) : throw new FormatException("'matches' wants a regular expression"));
                kind = kind is ValueKind.Text or ValueKind.Unknown ? ValueKind.Truth : throw Wrong($"'matches' is not for {NameOf(kind)}");
            }
            else
            {
                kind = Joined(sign, kind, Look(operand));
            }
        }

        // What is reckoned with fractions has no limits that could be told.
        _ = kind == ValueKind.Integer ? Constant(chain) : null;
        return kind;
    }

    private ValueKind Joined(string sign, ValueKind left, ValueKind right)
    {
        var (isKnown, areNumbers) = (left != ValueKind.Unknown && right != ValueKind.Unknown, IsNumber(left) && IsNumber(right));
        var areTexts = left is ValueKind.Text or ValueKind.Unknown && right is ValueKind.Text or ValueKind.Unknown;
        switch (sign)
        {
            case "and" or "or":
                return ValueKind.Truth;
            case "==" or "!=" or "<" or ">" or "<=" or ">=" when areNumbers || areTexts:
                return ValueKind.Truth;
            case "+" or "-" or "*" or "\\" when areNumbers:
                return !isKnown ? ValueKind.Unknown : left == ValueKind.Float || right == ValueKind.Float ? ValueKind.Float : ValueKind.Integer;
            case "%" or "&" or "|" or "^" or "<<" or ">>" when areNumbers && left != ValueKind.Float && right != ValueKind.Float:
                return ValueKind.Integer;
            case "contains" or "icontains" or "startswith" or "istartswith" or "endswith" or "iendswith" or "iequals" when areTexts:
                return ValueKind.Truth;
            default:
                throw Wrong($"'{sign}' is not for {NameOf(left)} and {NameOf(right)}");
        }
    }

    private static bool IsNumber(ValueKind kind) => kind is ValueKind.Integer or ValueKind.Float or ValueKind.Unknown;

    private long? Constant(Node node)
    {
        try
        {
            return Constants.Of(node);
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentOutOfRangeException)
        {
            throw Wrong(e is OverflowException ? "a number that does not fit into 64 bits" : e is DivideByZeroException ? "a division by zero" : "a shift by a negative number");
        }
    }

    private ValueKind Call(Node.Call call)
    {
        var given = call.Arguments.Select(Look).ToList();
        if (call.Function is Node.Member { Of: Node.Name module } member)
        {
            var name = $"{module.Id}.{member.Id}";
            return !_rule.Imports.Contains(module.Id) ? throw Wrong($"the module '{module.Id}' is not imported")
                : ScanModules.Signature(name) is not { } signature ? throw new UnsupportedException(name)
                : signature.Takes(given) ? signature.Result
                : throw Wrong($"'{name}' does not take ({string.Join(", ", given.Select(NameOf))})");
        }

        if (call.Function is not Node.Name function)
        {
            throw Module(call.Function);
        }

        return ByteReader.Named(function.Id) is null ? throw Wrong($"the function '{function.Id}' is not known")
            : given is [ValueKind.Integer or ValueKind.Unknown] ? ValueKind.Integer
            : throw Wrong($"'{function.Id}' reads at a whole number");
    }

    private void Loop(Node.ForValues loop)
    {
        Look(loop.Quantifier);
        Look(null, loop.Range);
        if (loop.Iterated is not null)
        {
            throw Module(loop.Iterated);
        }

        if (loop.Variables.Length != 1)
        {
            throw Wrong("a loop over numbers has one variable");
        }

        if (loop.Items.Length > 0 && loop.Items.All(item => item is Node.Text))
        {
            throw new UnsupportedException("a loop over texts");
        }

        foreach (var item in loop.Items)
        {
            Want(item, ValueKind.Integer, "what a loop goes over");
        }

        if (!_variables.Add(loop.Variables[0]))
        {
            throw Wrong($"the variable '{loop.Variables[0]}' is that of a loop around it, too");
        }

        Look(loop.Body);
        _variables.Remove(loop.Variables[0]);
    }

    private Exception Module(Node node)
    {
        var root = node;
        while (root is Node.Member or Node.Element or Node.Call)
        {
            root = root switch { Node.Member member => member.Of, Node.Element element => element.Of, Node.Call call => call.Function, _ => root };
        }

        return root is Node.Name name && _rule.Imports.Contains(name.Id) ? new UnsupportedException($"the module '{name.Id}'") : Wrong($"'{(root as Node.Name)?.Id}' is not known");
    }

    private void Use(string name, bool isPlaced)
    {
        if (name.Length == 0)
        {
            if (_loops == 0)
            {
                throw Wrong("'$' alone stands outside of a loop over strings");
            }

            return;
        }

        if (!_named.Contains(name))
        {
            throw Wrong($"the string '${name}' is not known");
        }

        Note(name, isPlaced);
    }

    private void Use(StringSet set, bool isPlaced)
    {
        var any = false;
        foreach (var declared in _rule.Strings.Where(set.Holds))
        {
            any = true;
            Note(declared.Name, isPlaced);
        }

        if (!any)
        {
            throw Wrong(set.Names.IsEmpty ? "it has no strings" : $"the string '${set.Names[0]}' is not known");
        }
    }

    private void Note(string name, bool isPlaced)
    {
        _used.Add(name);
        if (isPlaced)
        {
            _placed.Add(name);
        }
    }

    /// <summary>Whether a loop asks where its string is, or how often.</summary>
    private static bool Places(Node node) => node switch
    {
        Node.Found { Id: "", At: null, In: null } => false,
        Node.Found { Id: "" } or Node.Count { Id: "" } or Node.Place { Id: "" } => true,
        Node.Unary unary => Places(unary.Operand),
        Node.Chain chain => chain.Operands.Any(Places),
        Node.Call call => call.Arguments.Any(Places),
        Node.ForValues => true,
        _ => false,
    };

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (FormatException e)
        {
            throw Wrong(e.Message);
        }
    }
}
