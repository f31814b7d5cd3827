namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>The order in which an ecosystem has its versions. Every text has a place, so that no feed can make it fail.</summary>
internal abstract class VersionOrder : IComparer<string>
{
    /// <summary>Characters of a version; what is longer is compared no further.</summary>
    public const int MaxLength = 1024;

    /// <summary>The order of an ecosystem by its name in OSV records; null where it is not known.</summary>
    public static VersionOrder? Of(string ecosystem) => ecosystem.Split(':')[0] switch
    {
        "crates.io" or "npm" or "Go" or "Hex" or "SwiftURL" => SemanticVersionOrder.Instance,
        "NuGet" => NuGetVersionOrder.Instance,
        "PyPI" => PythonVersionOrder.Instance,
        "RubyGems" => RubyVersionOrder.Instance,
        "Packagist" => ComposerVersionOrder.Instance,
        "Pub" => PubVersionOrder.Instance,
        "Maven" => MavenVersionOrder.Instance,
        "CRAN" or "Bioconductor" => CranVersionOrder.Instance,
        "Debian" or "Ubuntu" => DebianVersionOrder.Instance,
        "Red Hat" or "Rocky Linux" or "AlmaLinux" or "openSUSE" or "SUSE" or "Mageia" or "openEuler" => RpmVersionOrder.Instance,
        _ => null,
    };

    public int Compare(string? x, string? y) => Order(Bounded(x), Bounded(y));

    private static string Bounded(string? version) => version is null ? "" : version.Length <= MaxLength ? version : version[..MaxLength];

    protected abstract int Order(string x, string y);

    /// <summary>Compares decimal digits of any length.</summary>
    public static int CompareDigits(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        x = x.TrimStart('0');
        y = y.TrimStart('0');
        return x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.SequenceCompareTo(y);
    }

    /// <summary>Whether a text is decimal digits and nothing else.</summary>
    public static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
