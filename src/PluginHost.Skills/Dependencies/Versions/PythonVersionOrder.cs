using System.Text.RegularExpressions;

namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>The order of PEP 440; what it does not know is before everything that it knows, as setuptools once ordered it.</summary>
internal sealed partial class PythonVersionOrder : VersionOrder
{
    public static PythonVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (Form().Match(x.Trim()), Form().Match(y.Trim()));
        return (a.Success, b.Success) switch
        {
            (true, true) => ComparePep440(a, b),
            (true, false) => 1,
            (false, true) => -1,
            _ => CompareLegacy(x, y),
        };
    }

    private static int ComparePep440(Match a, Match b) =>
        CompareDigits(a.Groups["epoch"].Value, b.Groups["epoch"].Value) is not 0 and var epoch ? epoch
        : CompareReleases(a.Groups["release"].Value.Split('.'), b.Groups["release"].Value.Split('.')) is not 0 and var release ? release
        : Pre(a).CompareTo(Pre(b)) is not 0 and var kind ? kind
        : CompareDigits(a.Groups["pren"].Value, b.Groups["pren"].Value) is not 0 and var pre ? pre
        : CompareParts(a, b, "post", "postn", absent: -1) is not 0 and var post ? post
        : CompareParts(a, b, "dev", "devn", absent: 1) is not 0 and var dev ? dev
        : CompareLocals(a.Groups["local"].Value, b.Groups["local"].Value);

    private static int CompareReleases(string[] x, string[] y)
    {
        for (var i = 0; i < Math.Max(x.Length, y.Length); i++)
        {
            if (CompareDigits(i < x.Length ? x[i] : "0", i < y.Length ? y[i] : "0") is not 0 and var order)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>A development release of the version itself is before its alphas; the version itself after its candidates.</summary>
    private static int Pre(Match match) => match.Groups["pre"] switch
    {
        { Success: true } pre => pre.Value.ToUpperInvariant() switch { "A" or "ALPHA" => 1, "B" or "BETA" => 2, _ => 3 },
        _ => match.Groups["dev"].Success && !match.Groups["post"].Success ? 0 : 4,
    };

    private static int CompareParts(Match a, Match b, string name, string number, int absent) => (a.Groups[name].Success, b.Groups[name].Success) switch
    {
        (true, true) => CompareDigits(a.Groups[number].Value, b.Groups[number].Value),
        (true, false) => -absent,
        (false, true) => absent,
        _ => 0,
    };

    private static int CompareLocals(string x, string y)
    {
        if (x.Length == 0 || y.Length == 0)
        {
            return x.Length.CompareTo(y.Length);
        }

        var (a, b) = (x.ToLowerInvariant().Split('.', '-', '_'), y.ToLowerInvariant().Split('.', '-', '_'));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var order = (IsDigits(a[i]), IsDigits(b[i])) switch
            {
                (true, true) => CompareDigits(a[i], b[i]),
                (true, false) => 1,
                (false, true) => -1,
                _ => string.CompareOrdinal(a[i], b[i]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int CompareLegacy(string x, string y)
    {
        var (a, b) = (LegacyKey(x), LegacyKey(y));
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            if (string.CompareOrdinal(a[i], b[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    private static List<string> LegacyKey(string version)
    {
        const string final = "*final";
        var parts = new List<string>();
        foreach (var part in LegacyPart().Matches(version.ToLowerInvariant()).Select(match => match.Value).Where(part => part != ".")
            .Select(part => part switch { "pre" or "preview" or "rc" => "c", "-" => "final-", "dev" => "@", _ => part })
            .Select(part => char.IsAsciiDigit(part[0]) ? part.PadLeft(8, '0') : "*" + part).Append(final))
        {
            if (part[0] == '*')
            {
                if (string.CompareOrdinal(part, final) < 0)
                {
                    Drop(parts, "*final-");
                }

                Drop(parts, "00000000");
            }

            parts.Add(part);
        }

        return parts;
    }

    private static void Drop(List<string> parts, string last)
    {
        while (parts.Count > 0 && parts[^1] == last)
        {
            parts.RemoveAt(parts.Count - 1);
        }
    }

    [GeneratedRegex("""
        ^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)
        (?:[-_.]?(?<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?<pren>[0-9]+)?)?
        (?<post>-(?<postn>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postn>[0-9]+)?)?
        (?<dev>[-_.]?dev[-_.]?(?<devn>[0-9]+)?)?
        (?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    [GeneratedRegex(@"[0-9]+|[a-z]+|\.|-")]
    private static partial Regex LegacyPart();
}
