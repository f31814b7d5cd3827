using System.Buffers.Binary;
using System.Collections.Immutable;
using PluginHost.Scan.Modules;
using PluginHost.Scan.Patterns;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>
/// Evaluates the condition of a rule on what was found. A value is a whole number, a number with a fraction, a text, true or false, or null for what is not
/// defined: that is neither true nor false, and nothing follows from it.
/// </summary>
internal sealed class Evaluation
{
    /// <summary>Functions that read a whole number.</summary>
    public static readonly ImmutableHashSet<string> Readers =
        ["int8", "int16", "int32", "uint8", "uint16", "uint32", "int8be", "int16be", "int32be", "uint8be", "uint16be", "uint32be"];

    private const long MaxSteps = 5_000_000;
    private readonly CompiledRule _rule;
    private readonly ReadOnlyMemory<byte> _data;
    private readonly IReadOnlyList<Match>[] _matches;
    private readonly IReadOnlyDictionary<string, object> _externals;
    private readonly IReadOnlyDictionary<string, bool> _rules;
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);
    private StringDeclaration? _current;
    private long _steps;

    /// <param name="rule">The rule.</param>
    /// <param name="data">What is scanned.</param>
    /// <param name="matches">Matches of all strings, by their numbers.</param>
    /// <param name="externals">Facts from outside.</param>
    /// <param name="rules">What came of the rules before it.</param>
    public Evaluation(CompiledRule rule, ReadOnlyMemory<byte> data, IReadOnlyList<Match>[] matches, IReadOnlyDictionary<string, object> externals, IReadOnlyDictionary<string, bool> rules) =>
        (_rule, _data, _matches, _externals, _rules) = (rule, data, matches, externals, rules);

    /// <exception cref="UnsupportedException">It takes too long.</exception>
    public bool Holds() => Truth(_rule.Declaration.Condition) == true;

    private static string TextOf(object? value) => value as string ?? "";

    private bool? Truth(Node node) => Value(node) switch
    {
        null => null,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        _ => null,
    };

    private object? Value(Node node)
    {
        if (++_steps > MaxSteps)
        {
            throw new UnsupportedException("a condition that takes too long on this input");
        }

        return node switch
        {
            Node.Integer number => number.Value,
            Node.Float number => number.Value,
            Node.Text text => text.Value,
            Node.Flag flag => flag.Value,
            Node.FileSize => (long)_data.Length,
            Node.Name name => Named(name),
            Node.Call call => Called(call),
            Node.Found found => Found(found),
            Node.Count count => Counted(count),
            Node.Place place => Placed(place),
            Node.Unary unary => Unary(unary),
            Node.Chain chain => Chain(chain),
            Node.Some of => Enough(of.Quantifier, StringsOf(of.Set).Select(declared => (Func<bool>)(() => Present(declared, of.At, of.In))).ToList()),
            Node.OfRules rules => Enough(rules.Quantifier, RulesOf(rules).Select(name => (Func<bool>)(() => _rules.GetValueOrDefault(name))).ToList()),
            Node.ForStrings loop => Enough(loop.Quantifier, StringsOf(loop.Set).Select(declared => (Func<bool>)(() => With(declared, loop.Body))).ToList()),
            Node.ForValues loop => Loop(loop),
            _ => null,
        };
    }

    private object? Named(Node.Name name) =>
        _variables.TryGetValue(name.Id, out var variable) ? variable
        : _rules.TryGetValue(name.Id, out var held) ? held
        : _externals.TryGetValue(name.Id, out var external) ? external switch { int number => (long)number, var other => other }
        : null;

    private object? Called(Node.Call call)
    {
        if (call.Function is Node.Name reader)
        {
            return Integer(reader.Id, Value(call.Arguments[0]) as long?);
        }

        var member = (Node.Member)call.Function;
        var arguments = call.Arguments.Select(Value).ToArray();
        return Array.Exists(arguments, argument => argument is null) ? null : ScanModules.Call($"{((Node.Name)member.Of).Id}.{member.Id}", arguments!, _data.Span);
    }

    private object? Integer(string reader, long? offset)
    {
        var size = reader.Contains("32", StringComparison.Ordinal) ? 4 : reader.Contains("16", StringComparison.Ordinal) ? 2 : 1;
        if (offset is not >= 0 || offset > _data.Length - size)
        {
            return null;
        }

        var bytes = _data.Span.Slice((int)offset, size);
        var isBig = reader.EndsWith("be", StringComparison.Ordinal);
        var value = size switch
        {
            1 => bytes[0],
            2 => isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            _ => isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        };
        return reader[0] == 'u' ? value : size switch { 1 => (sbyte)value, 2 => (short)value, _ => (long)(int)value };
    }

    private IReadOnlyList<Match> MatchesOf(string name) => MatchesOf(name.Length == 0 ? _current! : _rule.Strings[name]);

    private IReadOnlyList<Match> MatchesOf(StringDeclaration declared) => _matches[_rule.Numbers[declared.Name]];

    private bool Found(Node.Found found)
    {
        var declared = found.Id.Length == 0 ? _current! : _rule.Strings[found.Id];
        return Present(declared, found.At, found.In);
    }

    private bool Present(StringDeclaration declared, Node? at, (Node From, Node To)? range)
    {
        var matches = MatchesOf(declared);
        if (at is not null)
        {
            return Value(at) is long offset && Find(matches, offset) is var place && place < matches.Count && matches[place].Offset == offset;
        }

        if (range is { } bounds)
        {
            return Value(bounds.From) is long from && Value(bounds.To) is long to && Find(matches, from) is var first && first < matches.Count && matches[first].Offset <= to;
        }

        return matches.Count > 0;
    }

    /// <summary>The first match that does not begin before an offset.</summary>
    private static int Find(IReadOnlyList<Match> matches, long offset)
    {
        var (low, high) = (0, matches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = matches[middle].Offset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private long? Counted(Node.Count count)
    {
        var matches = MatchesOf(count.Id);
        return count.In is not { } bounds ? (long)matches.Count
            : Value(bounds.From) is long from && Value(bounds.To) is long to ? Math.Max(0L, Find(matches, to == long.MaxValue ? to : to + 1) - Find(matches, from))
            : null;
    }

    private long? Placed(Node.Place place)
    {
        var matches = MatchesOf(place.Id);
        return (place.Index is null ? 1L : Value(place.Index)) is long index && index >= 1 && index <= matches.Count
            ? place.IsLength ? matches[(int)index - 1].Length : matches[(int)index - 1].Offset
            : null;
    }

    private object? Unary(Node.Unary unary) => (unary.Operator, unary.Operator is "not" or "defined" ? null : Value(unary.Operand)) switch
    {
        ("not", _) => Truth(unary.Operand) is { } truth ? !truth : null,
        ("defined", _) => Value(unary.Operand) is not null,
        ("-", long number) => -number,
        ("-", double number) => -number,
        ("~", long number) => ~number,
        _ => null,
    };

    private object? Chain(Node.Chain chain)
    {
        // What is not defined counts as false where truths are joined.
        switch (chain.Rest[0].Operator)
        {
            case "and":
                return !Decides(chain, truth: false);
            case "or":
                return Decides(chain, truth: true);
        }

        var value = Value(chain.First);
        foreach (var (sign, operand) in chain.Rest)
        {
            value = sign == "matches"
                ? value is string subject && operand is Node.Regex expression ? _rule.Matches(expression, subject) : null
                : Joined(sign, value, Value(operand));
        }

        return value;
    }

    /// <summary>Whether an operand has a truth that decides for all; those behind it are not asked.</summary>
    private bool Decides(Node.Chain chain, bool truth)
    {
        if ((Truth(chain.First) == true) == truth)
        {
            return true;
        }

        foreach (var operation in chain.Rest)
        {
            if ((Truth(operation.Operand) == true) == truth)
            {
                return true;
            }
        }

        return false;
    }

    private static object? Joined(string sign, object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => null,
        (string x, string y) => Texts(sign, x, y),
        (long x, long y) => Integers(sign, x, y),
        (bool x, bool y) => Integers(sign, x ? 1 : 0, y ? 1 : 0),
        (long or double, long or double) => Floats(sign, Convert.ToDouble(left, null), Convert.ToDouble(right, null)),
        _ => null,
    };

    private static object? Texts(string sign, string x, string y) => sign switch
    {
        "==" => x == y,
        "!=" => x != y,
        "<" => string.CompareOrdinal(x, y) < 0,
        ">" => string.CompareOrdinal(x, y) > 0,
        "<=" => string.CompareOrdinal(x, y) <= 0,
        ">=" => string.CompareOrdinal(x, y) >= 0,
        "contains" => x.Contains(y, StringComparison.Ordinal),
        "startswith" => x.StartsWith(y, StringComparison.Ordinal),
        "endswith" => x.EndsWith(y, StringComparison.Ordinal),
        "icontains" => Folded(x).Contains(Folded(y), StringComparison.Ordinal),
        "istartswith" => Folded(x).StartsWith(Folded(y), StringComparison.Ordinal),
        "iendswith" => Folded(x).EndsWith(Folded(y), StringComparison.Ordinal),
        "iequals" => Folded(x) == Folded(y),
        _ => null,
    };

    private static string Folded(string text) => string.Create(text.Length, text, static (folded, text) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            folded[i] = text[i] is >= 'A' and <= 'Z' ? (char)(text[i] + 32) : text[i];
        }
    });

    private static object? Integers(string sign, long x, long y) => sign switch
    {
        "==" => x == y,
        "!=" => x != y,
        "<" => x < y,
        ">" => x > y,
        "<=" => x <= y,
        ">=" => x >= y,
        "+" => unchecked(x + y),
        "-" => unchecked(x - y),
        "*" => unchecked(x * y),
        "\\" => y == 0 || (x == long.MinValue && y == -1) ? null : x / y,
        "%" => y == 0 || (x == long.MinValue && y == -1) ? null : x % y,
        "&" => x & y,
        "|" => x | y,
        "^" => x ^ y,
        "<<" => y < 0 ? null : y >= 64 ? 0L : x << (int)y,
        ">>" => y < 0 ? null : y >= 64 ? 0L : x >> (int)y,
        _ => null,
    };

    private static object? Floats(string sign, double x, double y) => sign switch
    {
        "==" => Math.Abs(x - y) < double.Epsilon,
        "!=" => Math.Abs(x - y) >= double.Epsilon,
        "<" => x < y,
        ">" => x > y,
        "<=" => x <= y,
        ">=" => x >= y,
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "\\" => x / y,
        _ => null,
    };

    private IEnumerable<StringDeclaration> StringsOf(StringSet set) => _rule.Declaration.Strings.Where(set.Holds);

    private IEnumerable<string> RulesOf(Node.OfRules rules) =>
        _rules.Keys.Where(name => rules.Rules.Any(wanted => wanted.EndsWith('*') ? name.StartsWith(wanted[..^1], StringComparison.Ordinal) : name == wanted));

    private bool With(StringDeclaration declared, Node body)
    {
        var before = _current;
        _current = declared;
        var holds = Truth(body) == true;
        _current = before;
        return holds;
    }

    /// <summary>Whether as many hold as are wanted. No more are asked than are needed.</summary>
    private bool? Enough(Quantifier quantifier, List<Func<bool>> all) => Enough(quantifier, all, all.Count);

    private bool? Enough(Quantifier quantifier, IEnumerable<Func<bool>> all, int count)
    {
        if (quantifier.Word == "none")
        {
            return !all.Any(one => one());
        }

        long? wanted = quantifier.Word switch { "all" => count, "any" => 1, _ => Value(quantifier.Number!) as long? };
        if (wanted is null)
        {
            return null;
        }

        if (quantifier.IsPercent)
        {
            wanted = (long)Math.Ceiling(count * wanted.Value / 100.0);
        }

        // "0 of" is no short form of "none of" in this version of the language: nothing is wanted, and none may be there.
        if (wanted <= 0 && quantifier.Word is null)
        {
            return !all.Any(one => one());
        }

        var (found, left) = (0L, count);
        foreach (var one in all)
        {
            left--;
            found += one() ? 1 : 0;
            if (found + left < wanted)
            {
                return false;
            }

            if (found >= wanted && quantifier.Word != "all")
            {
                return true;
            }
        }

        return found >= wanted;
    }

    private bool? Loop(Node.ForValues loop)
    {
        var name = loop.Variables[0];
        IEnumerable<object?> values;
        var count = 0;
        if (loop.Range is { } bounds)
        {
            if (Value(bounds.From) is not long from || Value(bounds.To) is not long to || to < from)
            {
                return null;
            }

            count = (int)Math.Min(to - from + 1, int.MaxValue);
            values = Count(from, to);
        }
        else
        {
            count = loop.Items.Length;
            values = loop.Items.Select(Value);
        }

        var had = _variables.TryGetValue(name, out var before);
        var result = Enough(loop.Quantifier, values.Select(value => (Func<bool>)(() =>
        {
            _variables[name] = value;
            return Truth(loop.Body) == true;
        })), count);
        _variables.Remove(name);
        if (had)
        {
            _variables[name] = before;
        }

        return result;
    }

    private static IEnumerable<object?> Count(long from, long to)
    {
        for (var value = from; ; value++)
        {
            yield return value;
            if (value == to)
            {
                yield break;
            }
        }
    }
}
