using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Scan.Modules;

/// <summary>The modules <c>hash</c> and <c>math</c>.</summary>
internal static class ScanModules
{
    private const int BytesPerStep = 8;
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "hash.md5", "hash.sha1", "hash.sha256", "hash.checksum32", "hash.crc32",
        "math.entropy", "math.mean", "math.deviation", "math.serial_correlation", "math.monte_carlo_pi", "math.in_range", "math.min", "math.max", "math.abs", "math.to_number", "math.count",
        "math.percentage", "math.mode",
    };

    public static bool Knows(string function) => Known.Contains(function);

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
                var part = arguments.Length == 1 ? data : Range(arguments.AsSpan(1), data);
                return counted is < 0 or > 255 || part.IsEmpty ? null
                    : function == "math.count" ? (long)part.Count((byte)counted)
                    : (object)(double)((float)part.Count((byte)counted) / part.Length);
            case "math.mode":
                return arguments.Length == 0 ? Mode(data) : Range(arguments, data) is var range && range.IsEmpty ? null : Mode(range);
            case "math.deviation":
                return arguments is [.., double mean] && Bytes(arguments.AsSpan(..^1), data) is var bytes && !bytes.IsEmpty ? Deviation(bytes, mean) : null;
        }

        var given = Bytes(arguments, data);
        if (given.IsEmpty && !(arguments is [string]))
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

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<object> arguments, ReadOnlySpan<byte> data) => arguments is [string text] ? Encoding.Latin1.GetBytes(text) : Range(arguments, data);

    private static ReadOnlySpan<byte> Range(ReadOnlySpan<object> arguments, ReadOnlySpan<byte> data) =>
        arguments is [long offset, long length] && offset >= 0 && length >= 0 && offset < data.Length ? data.Slice((int)offset, (int)Math.Min(length, data.Length - offset)) : default;

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

        product += last * (bytes.IsEmpty ? 0 : bytes[0]);
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
