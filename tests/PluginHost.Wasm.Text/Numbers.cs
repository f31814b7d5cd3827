using System.Globalization;
using System.Numerics;

namespace PluginHost.Wasm.Text;

/// <summary>Number literals of the text format (spec 6.3.2). All functions return null for what is no literal or out of range.</summary>
internal static class Numbers
{
    public static ulong? Unsigned(string text, ulong max)
    {
        var hex = text.StartsWith("0x", StringComparison.Ordinal);
        var digits = Digits(hex ? text[2..] : text, hex);
        return digits is not null && Integer(digits, hex) is var value && value <= max ? (ulong)value : null;
    }

    /// <summary>An integer of either signedness, as its bit pattern.</summary>
    public static ulong? Integer(string text, int bits)
    {
        var negative = text.StartsWith('-');
        var body = negative || text.StartsWith('+') ? text[1..] : text;
        var limit = negative ? 1ul << (bits - 1) : bits == 64 ? ulong.MaxValue : (1ul << bits) - 1;
        var mask = bits == 64 ? ulong.MaxValue : (1ul << bits) - 1;
        return Unsigned(body, limit) is { } value ? (negative ? 0 - value : value) & mask : null;
    }

    /// <summary>A float literal as its bit pattern; <paramref name="bits"/> is 32 or 64.</summary>
    public static ulong? Float(string text, int bits)
    {
        var negative = text.StartsWith('-');
        var body = negative || text.StartsWith('+') ? text[1..] : text;
        var mantissaBits = bits == 32 ? 23 : 52;
        var infinity = ((1ul << (bits - 1 - mantissaBits)) - 1) << mantissaBits;
        var magnitude = body switch
        {
            "inf" => infinity,
            "nan" => infinity | (1ul << (mantissaBits - 1)),
            _ when body.StartsWith("nan:0x", StringComparison.Ordinal) =>
                Unsigned(body[4..], (1ul << mantissaBits) - 1) is { } payload and > 0 ? infinity | payload : null,
            _ when body.StartsWith("0x", StringComparison.Ordinal) => HexFloat(body[2..], bits, mantissaBits),
            _ => DecimalFloat(body, bits, infinity),
        };
        return magnitude is { } value ? negative ? value | (1ul << (bits - 1)) : value : null;
    }

    /// <summary>Removes the underscores, which may only stand between digits.</summary>
    private static string? Digits(string text, bool hex)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var digit = hex ? char.IsAsciiHexDigit(text[i]) : char.IsAsciiDigit(text[i]);
            var separator = text[i] == '_' && i > 0 && i + 1 < text.Length && text[i - 1] != '_';
            if (!digit && !separator)
            {
                return null;
            }
        }

        return text.Length == 0 ? null : text.Replace("_", "", StringComparison.Ordinal);
    }

    private static BigInteger Integer(string digits, bool hex) => hex
        ? BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static (string Whole, string Fraction, int Exponent)? Parts(string text, char exponentMark, bool hex)
    {
        var mark = text.IndexOfAny([exponentMark, char.ToUpperInvariant(exponentMark)]);
        var exponent = 0;
        if (mark >= 0)
        {
            var written = text[(mark + 1)..];
            var negative = written.StartsWith('-');
            if (Digits(negative || written.StartsWith('+') ? written[1..] : written, hex: false) is not { } digits)
            {
                return null;
            }

            exponent = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 1_000_000;
            exponent = negative ? -exponent : exponent;
            text = text[..mark];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = Digits(point < 0 ? text : text[..point], hex);
        var fraction = point < 0 || point + 1 == text.Length ? "" : Digits(text[(point + 1)..], hex);
        return whole is null || fraction is null ? null : (whole, fraction, exponent);
    }

    private static ulong? DecimalFloat(string text, int bits, ulong infinity)
    {
        if (Parts(text, 'e', hex: false) is not { } parts)
        {
            return null;
        }

        var plain = $"{parts.Whole}.{parts.Fraction}0e{parts.Exponent.ToString(CultureInfo.InvariantCulture)}";
        var value = bits == 32
            ? BitConverter.SingleToUInt32Bits(float.Parse(plain, CultureInfo.InvariantCulture))
            : BitConverter.DoubleToUInt64Bits(double.Parse(plain, CultureInfo.InvariantCulture));
        return value == infinity ? null : value;
    }

    private static ulong? HexFloat(string text, int bits, int mantissaBits)
    {
        if (Parts(text, 'p', hex: true) is not { } parts)
        {
            return null;
        }

        var significand = Integer(parts.Whole + parts.Fraction, hex: true);
        if (significand.IsZero)
        {
            return 0;
        }

        // value = significand * 2^exponent; keep mantissaBits + 1 bits, fewer where the result is subnormal.
        var exponent = parts.Exponent - (4 * parts.Fraction.Length);
        var bias = (1 << (bits - 2 - mantissaBits)) - 1;
        var length = (int)significand.GetBitLength();
        var lowest = Math.Max(exponent + length - (mantissaBits + 1), 1 - bias - mantissaBits);
        var drop = lowest - exponent;
        if (drop > 0)
        {
            var rest = drop > length + 1 ? significand : significand & ((BigInteger.One << drop) - 1);
            var half = BigInteger.One << Math.Min(drop - 1, length + 1);
            significand = drop > length + 1 ? BigInteger.Zero : significand >> drop;
            if (rest > half || (rest == half && !significand.IsEven))
            {
                significand++;
            }
        }
        else
        {
            significand <<= -drop;
        }

        // Adding instead of or-ing lets a carry out of the mantissa raise the exponent.
        var implicitBit = BigInteger.One << mantissaBits;
        var biased = lowest + mantissaBits + bias;
        var encoded = significand >= implicitBit
            ? ((BigInteger)biased << mantissaBits) + (significand - implicitBit)
            : significand;
        var infinity = (BigInteger)((1ul << (bits - 1 - mantissaBits)) - 1) << mantissaBits;
        return encoded >= infinity ? null : (ulong)encoded;
    }
}
