namespace PluginHost.Scan.Conditions;

/// <summary>What operators give.</summary>
internal static class Operators
{
    // C's DBL_EPSILON, as in YARA: numbers with fractions are equal that differ by less.
    private const double Nearly = 2.2204460492503131E-16;

    /// <summary>The operator that a sign stands for.</summary>
    public static Sign Of(string text) => text switch
    {
        "==" => Sign.Equal,
        "!=" => Sign.NotEqual,
        "<" => Sign.Less,
        ">" => Sign.Greater,
        "<=" => Sign.LessOrEqual,
        ">=" => Sign.GreaterOrEqual,
        "+" => Sign.Plus,
        "-" => Sign.Minus,
        "*" => Sign.Times,
        "\\" => Sign.Divide,
        "%" => Sign.Modulo,
        "&" => Sign.And,
        "|" => Sign.Or,
        "^" => Sign.Xor,
        "<<" => Sign.ShiftLeft,
        ">>" => Sign.ShiftRight,
        "contains" => Sign.Contains,
        "startswith" => Sign.StartsWith,
        "endswith" => Sign.EndsWith,
        "icontains" => Sign.ContainsWithoutCase,
        "istartswith" => Sign.StartsWithWithoutCase,
        "iendswith" => Sign.EndsWithWithoutCase,
        "iequals" => Sign.EqualWithoutCase,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "no operator"),
    };

    /// <summary>What an operator with two operands gives; nothing where it has no meaning for them.</summary>
    public static Value Join(Sign sign, Value left, Value right)
    {
        if ((left.IsInteger && right.IsInteger) || (left.IsFlag && right.IsFlag))
        {
            return Integers(sign, left.Integer, right.Integer);
        }

        return left.Text is { } x && right.Text is { } y ? Texts(sign, x, y)
            : left.IsNumber && right.IsNumber ? Floats(sign, left.Number, right.Number)
            : default;
    }

    private static Value Integers(Sign sign, long x, long y) => sign switch
    {
        Sign.Equal => Value.Of(x == y),
        Sign.NotEqual => Value.Of(x != y),
        Sign.Less => Value.Of(x < y),
        Sign.Greater => Value.Of(x > y),
        Sign.LessOrEqual => Value.Of(x <= y),
        Sign.GreaterOrEqual => Value.Of(x >= y),
        Sign.Plus => Value.Of(unchecked(x + y)),
        Sign.Minus => Value.Of(unchecked(x - y)),
        Sign.Times => Value.Of(unchecked(x * y)),
        Sign.Divide => y == 0 || (x == long.MinValue && y == -1) ? default : Value.Of(x / y),
        Sign.Modulo => y == 0 || (x == long.MinValue && y == -1) ? default : Value.Of(x % y),
        Sign.And => Value.Of(x & y),
        Sign.Or => Value.Of(x | y),
        Sign.Xor => Value.Of(x ^ y),
        Sign.ShiftLeft => y < 0 ? default : Value.Of(y >= 64 ? 0L : x << (int)y),
        Sign.ShiftRight => y < 0 ? default : Value.Of(y >= 64 ? 0L : x >> (int)y),
        _ => default,
    };

    private static Value Floats(Sign sign, double x, double y) => sign switch
    {
        Sign.Equal => Value.Of(Math.Abs(x - y) < Nearly),
        Sign.NotEqual => Value.Of(Math.Abs(x - y) >= Nearly),
        Sign.Less => Value.Of(x < y),
        Sign.Greater => Value.Of(x > y),
        Sign.LessOrEqual => Value.Of(x <= y),
        Sign.GreaterOrEqual => Value.Of(x >= y),
        Sign.Plus => Value.Of(x + y),
        Sign.Minus => Value.Of(x - y),
        Sign.Times => Value.Of(x * y),
        Sign.Divide => Value.Of(x / y),
        _ => default,
    };

    private static Value Texts(Sign sign, string x, string y) => sign switch
    {
        Sign.Equal => Value.Of(x == y),
        Sign.NotEqual => Value.Of(x != y),
        Sign.Less => Value.Of(string.CompareOrdinal(x, y) < 0),
        Sign.Greater => Value.Of(string.CompareOrdinal(x, y) > 0),
        Sign.LessOrEqual => Value.Of(string.CompareOrdinal(x, y) <= 0),
        Sign.GreaterOrEqual => Value.Of(string.CompareOrdinal(x, y) >= 0),
        Sign.Contains => Value.Of(x.Contains(y, StringComparison.Ordinal)),
        Sign.StartsWith => Value.Of(x.StartsWith(y, StringComparison.Ordinal)),
        Sign.EndsWith => Value.Of(x.EndsWith(y, StringComparison.Ordinal)),
        Sign.ContainsWithoutCase => Value.Of(Folded(x).Contains(Folded(y), StringComparison.Ordinal)),
        Sign.StartsWithWithoutCase => Value.Of(Folded(x).StartsWith(Folded(y), StringComparison.Ordinal)),
        Sign.EndsWithWithoutCase => Value.Of(Folded(x).EndsWith(Folded(y), StringComparison.Ordinal)),
        Sign.EqualWithoutCase => Value.Of(Folded(x) == Folded(y)),
        _ => default,
    };

    private static string Folded(string text) => string.Create(text.Length, text, static (folded, text) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            folded[i] = text[i] is >= 'A' and <= 'Z' ? (char)(text[i] + 32) : text[i];
        }
    });
}
