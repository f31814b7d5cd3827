namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>A version cut into numbers, prerelease and build.</summary>
/// <param name="Numbers">Its numbers, as they are written.</param>
/// <param name="Prerelease">What follows the first hyphen.</param>
/// <param name="Build">What follows the first plus.</param>
internal readonly record struct SemanticParts(string[] Numbers, string Prerelease, string Build)
{
    public static SemanticParts Of(string version)
    {
        var text = version.TrimStart('v', 'V', ' ');
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var build = plus < 0 ? "" : text[(plus + 1)..];
        text = plus < 0 ? text : text[..plus];
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        return new SemanticParts((hyphen < 0 ? text : text[..hyphen]).Split('.'), hyphen < 0 ? "" : text[(hyphen + 1)..], build);
    }

    /// <summary>Compares numbers; those that are missing are zero.</summary>
    public int CompareNumbers(SemanticParts other)
    {
        for (var i = 0; i < Math.Max(Numbers.Length, other.Numbers.Length); i++)
        {
            var order = CompareIdentifiers(i < Numbers.Length ? Numbers[i] : "0", i < other.Numbers.Length ? other.Numbers[i] : "0", ignoresCase: false);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>A version with a prerelease is before the one without (SemVer 11.3).</summary>
    public static int ComparePrereleases(string x, string y, bool ignoresCase) => (x.Length, y.Length) switch
    {
        (0, 0) => 0,
        (0, _) => 1,
        (_, 0) => -1,
        _ => CompareLists(x, y, ignoresCase),
    };

    /// <summary>Identifier by identifier (SemVer 11.4).</summary>
    public static int CompareLists(string x, string y, bool ignoresCase)
    {
        var (a, b) = (x.Split('.'), y.Split('.'));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (CompareIdentifiers(a[i], b[i], ignoresCase) is not 0 and var order)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int CompareIdentifiers(string x, string y, bool ignoresCase) => (VersionOrder.IsDigits(x), VersionOrder.IsDigits(y)) switch
    {
        (true, true) => VersionOrder.CompareDigits(x, y),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.Compare(x, y, ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal),
    };
}
