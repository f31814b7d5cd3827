using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>Whole numbers that are known before anything is scanned.</summary>
internal static class Constants
{
    /// <summary>The number that a part of a condition always is; null where it is none.</summary>
    /// <exception cref="OverflowException">It does not fit into 64 bits.</exception>
    /// <exception cref="DivideByZeroException">It is divided by zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is shifted by a negative number.</exception>
    public static long? Of(Node node)
    {
        switch (node)
        {
            case Node.Integer number:
                return number.Value;
            case Node.Unary { Operator: "-" } unary:
                return unchecked(-Of(unary.Operand));
            case Node.Unary { Operator: "~" } unary:
                return ~Of(unary.Operand);
            case Node.Chain chain when chain.Rest[0].Operator is "+" or "-" or "*" or "\\" or "%" or "&" or "|" or "^" or "<<" or ">>":
                var value = Of(chain.First);
                foreach (var (sign, operand) in chain.Rest)
                {
                    value = Joined(sign, value, Of(operand));
                }

                return value;
            default:
                return null;
        }
    }

    private static long? Joined(string sign, long? left, long? right)
    {
        switch (sign)
        {
            case "\\" or "%" when right == 0:
                throw new DivideByZeroException("division by zero");
            case "<<" or ">>" when right < 0:
                throw new ArgumentOutOfRangeException(nameof(right), "a shift by a negative number");
        }

        if (left is not { } x || right is not { } y)
        {
            return null;
        }

        return sign switch
        {
            "+" => checked(x + y),
            "-" => checked(x - y),
            "*" => checked(x * y),
            _ => Operators.Join(Operators.Of(sign), Value.Of(x), Value.Of(y)) is { IsInteger: true } joined ? joined.Integer : null,
        };
    }
}
