using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>A number of JSON, exact whatever its size: an integer times a power of ten.</summary>
internal readonly struct JsonNumber : IComparable<JsonNumber>, IEquatable<JsonNumber>
{
    /// <summary>Beyond it digits would have to be written out that nobody sent.</summary>
    private const int MaxExponent = 400;

    private readonly BigInteger _mantissa;
    private readonly int _exponent;

    private JsonNumber(BigInteger mantissa, int exponent)
    {
        _mantissa = mantissa;
        _exponent = exponent;
    }

    /// <summary>Whether it has no fraction; 1.0 has none.</summary>
    public bool IsInteger => _exponent >= 0;

    /// <exception cref="SchemaLimitException">Its exponent is absurd.</exception>
    public static JsonNumber Of(JsonElement element)
    {
        if (element.TryGetInt64(out var small))
        {
            return Normal(small, 0);
        }

        var text = element.GetRawText().AsSpan();
        var exponent = 0;
        var e = text.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs((long)exponent) > MaxExponent)
            {
                throw new SchemaLimitException("a number has an exponent beyond ±400");
            }

            text = text[..e];
        }

        if (text.Length > MaxExponent)
        {
            throw new SchemaLimitException("a number has more than 400 digits");
        }

        var dot = text.IndexOf('.');
        var digits = dot < 0 ? text.ToString() : string.Concat(text[..dot], text[(dot + 1)..]);
        return Normal(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), dot < 0 ? exponent : exponent - (text.Length - dot - 1));
    }

    public bool IsMultipleOf(JsonNumber divisor)
    {
        var shared = Math.Min(_exponent, divisor._exponent);
        var by = divisor.At(shared);
        return !by.IsZero && (At(shared) % by).IsZero;
    }

    public int CompareTo(JsonNumber other)
    {
        var shared = Math.Min(_exponent, other._exponent);
        return At(shared).CompareTo(other.At(shared));
    }

    public bool Equals(JsonNumber other) => _exponent == other._exponent && _mantissa == other._mantissa;

    public override bool Equals(object? obj) => obj is JsonNumber other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_mantissa, _exponent);

    private BigInteger At(int exponent) => _exponent == exponent ? _mantissa : _mantissa * BigInteger.Pow(10, _exponent - exponent);

    /// <summary>One form for each value: no zeros at the end of the mantissa.</summary>
    private static JsonNumber Normal(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero)
        {
            return new JsonNumber(mantissa, 0);
        }

        while (exponent < 0 || !mantissa.IsOne)
        {
            var quotient = BigInteger.DivRem(mantissa, 10, out var digit);
            if (!digit.IsZero)
            {
                break;
            }

            mantissa = quotient;
            exponent++;
        }

        return new JsonNumber(mantissa, exponent);
    }
}
