using System.Collections.Frozen;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Scan.Conditions;

namespace PluginHost.Scan.Modules;

/// <summary>The modules <c>hash</c> and <c>math</c>.</summary>
internal static class ScanModules
{
    private const int BytesPerStep = 8;
    private static readonly FrozenDictionary<string, Signature> Signatures = new Dictionary<string, Signature>(StringComparer.Ordinal)
    {
        ["hash.md5"] = new(ValueKind.Text, "ii", "s"),
        ["hash.sha1"] = new(ValueKind.Text, "ii", "s"),
        ["hash.sha256"] = new(ValueKind.Text, "ii", "s"),
        ["hash.checksum32"] = new(ValueKind.Integer, "ii", "s"),
        ["hash.crc32"] = new(ValueKind.Integer, "ii", "s"),
        ["math.entropy"] = new(ValueKind.Float, "ii", "s"),
        ["math.mean"] = new(ValueKind.Float, "ii", "s"),
        ["math.deviation"] = new(ValueKind.Float, "iif", "sf"),
        ["math.serial_correlation"] = new(ValueKind.Float, "ii", "s"),
        ["math.monte_carlo_pi"] = new(ValueKind.Float, "ii", "s"),
        ["math.in_range"] = new(ValueKind.Integer, "fff"),
        ["math.min"] = new(ValueKind.Integer, "ii"),
        ["math.max"] = new(ValueKind.Integer, "ii"),
        ["math.abs"] = new(ValueKind.Integer, "i"),
        ["math.to_number"] = new(ValueKind.Integer, "b"),
        ["math.count"] = new(ValueKind.Integer, "i", "iii"),
        ["math.percentage"] = new(ValueKind.Float, "i", "iii"),
        ["math.mode"] = new(ValueKind.Integer, "", "ii"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a function takes and gives; null where there is none of that name.</summary>
    public static Signature? Signature(string function) => Signatures.GetValueOrDefault(function);

    /// <summary>A number of a module; null where there is none of that name.</summary>
    public static double? Constant(string name) => name == "math.MEAN_BYTES" ? 127.5 : null;

    /// <summary>Steps that a call is worth, by the bytes that it looks at.</summary>
    public static long CostOf(string function, ReadOnlySpan<object> arguments, int length)
    {
        if (function is "math.in_range" or "math.min" or "math.max" or "math.abs" or "math.to_number")
        {
            return 0;
        }

        arguments = function == "math.deviation" && !arguments.IsEmpty ? arguments[..^1] : arguments;
        return arguments switch
        {
            [string text] => text.Length,
            [.., long from, long count] => from < 0 || from > length ? 0 : Math.Clamp(count, 0, length - from),
            _ => length,
        } / BytesPerStep;
    }

    /// <summary>Calls a function.</summary>
    /// <returns>What it gives; null where that is not defined.</returns>
    public static object? Call(string function, object[] arguments, ReadOnlySpan<byte> data)
    {
        switch (function)
        {
            case "math.in_range" when arguments.Length == 3:
                return Number(arguments[0]) is { } value && Number(arguments[1]) is { } low && Number(arguments[2]) is { } high ? value >= low && value <= high : null;
            case "math.min" or "math.max" when arguments is [long x, long y]:
                // Both are compared without their signs, as in YARA.
                return function.EndsWith('n') ? (long)Math.Min((ulong)x, (ulong)y) : (long)Math.Max((ulong)x, (ulong)y);
            case "math.abs" when arguments is [long number]:
                return number == long.MinValue ? number : Math.Abs(number);
            case "math.to_number" when arguments is [bool flag]:
                return flag ? 1L : 0L;
            case "math.count" or "math.percentage" when arguments is [long counted, ..]:
                // Of the number only its lowest byte counts, as in YARA.
                return !(arguments.Length == 1 ? All(data, out var part) : Range(arguments.AsSpan(1), data, out part)) ? null
                    : function == "math.count" ? (long)part.Count((byte)counted)
                    : part.IsEmpty ? null : (object)(double)((float)part.Count((byte)counted) / part.Length);
            case "math.mode":
                return (arguments.Length == 0 ? All(data, out var range) : Range(arguments, data, out range)) ? Mode(range) : null;
            case "math.deviation":
                return arguments is [.., double mean] && Bytes(arguments.AsSpan(..^1), data, out var bytes) && !bytes.IsEmpty ? Deviation(bytes, mean) : null;
        }

        if (!Bytes(arguments, data, out var given))
        {
            return null;
        }

        return function switch
        {
            "hash.md5" => Md5(given),
            "hash.sha1" => Sha1(given),
            "hash.sha256" => Convert.ToHexStringLower(SHA256.HashData(given)),
            "hash.crc32" => (long)Crc32.HashToUInt32(given),
            "hash.checksum32" => Sum(given),
            "math.entropy" => Entropy(given),
            "math.mean" => given.IsEmpty ? null : Sum(given) / (double)given.Length,
            "math.serial_correlation" => SerialCorrelation(given),
            "math.monte_carlo_pi" => MonteCarlo(given),
            _ => null,
        };
    }

    // Not for security: rules name files by these.
#pragma warning disable CA5350, CA5351
    private static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static string Sha1(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350, CA5351

    private static double? Number(object value) => value switch { long number => number, double number => number, _ => null };

    private static bool Bytes(ReadOnlySpan<object> arguments, ReadOnlySpan<byte> data, out ReadOnlySpan<byte> bytes)
    {
        if (arguments is [string text])
        {
            bytes = Encoding.Latin1.GetBytes(text);
            return true;
        }

        return Range(arguments, data, out bytes);
    }

    private static bool All(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> bytes)
    {
        bytes = data;
        return !data.IsEmpty;
    }

    /// <summary>A range that begins within the data, and ends with it at the latest.</summary>
    private static bool Range(ReadOnlySpan<object> arguments, ReadOnlySpan<byte> data, out ReadOnlySpan<byte> bytes)
    {
        var isThere = arguments is [long offset, long length] && offset >= 0 && length >= 0 && offset < data.Length;
        bytes = isThere ? data.Slice((int)(long)arguments[0], (int)Math.Min((long)arguments[1], data.Length - (long)arguments[0])) : default;
        return isThere;
    }

    private static int[] Histogram(ReadOnlySpan<byte> bytes)
    {
        var counts = new int[256];
        foreach (var value in bytes)
        {
            counts[value]++;
        }

        return counts;
    }

    private static long Mode(ReadOnlySpan<byte> bytes)
    {
        var counts = Histogram(bytes);
        return Array.IndexOf(counts, counts.Max());
    }

    private static long Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0U;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    private static double Entropy(ReadOnlySpan<byte> bytes)
    {
        var entropy = 0.0;
        foreach (var count in Histogram(bytes))
        {
            if (count > 0)
            {
                var share = (double)count / bytes.Length;
                entropy -= share * Math.Log2(share);
            }
        }

        return entropy;
    }

    private static double Deviation(ReadOnlySpan<byte> bytes, double mean)
    {
        var sum = 0.0;
        foreach (var value in bytes)
        {
            sum += Math.Abs(value - mean);
        }

        return sum / bytes.Length;
    }

    private static double SerialCorrelation(ReadOnlySpan<byte> bytes)
    {
        double last = 0, product = 0, sum = 0, squares = 0;
        foreach (var value in bytes)
        {
            product += last * value;
            sum += value;
            squares += (double)value * value;
            last = value;
        }

        // Once around would be the last and the first; YARA takes the last twice.
        product += last * last;
        sum *= sum;
        var divisor = (bytes.Length * squares) - sum;
        return divisor == 0 ? -100000 : ((bytes.Length * product) - sum) / divisor;
    }

    private static object? MonteCarlo(ReadOnlySpan<byte> bytes)
    {
        var radius = Math.Pow(Math.Pow(256.0, 3) - 1, 2);
        var (inside, points) = (0, 0);
        for (var at = 0; at + 6 <= bytes.Length; at += 6)
        {
            double x = 0, y = 0;
            for (var i = 0; i < 3; i++)
            {
                x = (x * 256) + bytes[at + i];
                y = (y * 256) + bytes[at + 3 + i];
            }

            points++;
            inside += (x * x) + (y * y) <= radius ? 1 : 0;
        }

        return points == 0 ? null : Math.Abs((4.0 * inside / points) - Math.PI) / Math.PI;
    }
}
