using PluginHost.Skills.Dependencies;

namespace PluginHost.Skills.Vulnerabilities;

/// <summary>A package as OSV names it.</summary>
/// <param name="Ecosystem">The ecosystem.</param>
/// <param name="Name">The name, in the form in which names of the ecosystem are compared.</param>
internal readonly record struct OsvPackage(string Ecosystem, string Name)
{
    /// <summary>The package that a package URL means; null where OSV has no ecosystem for it.</summary>
    public static OsvPackage? Of(PackageUrl url) => url.Type switch
    {
        "cargo" => Named("crates.io", url.Name),
        "npm" => Named("npm", Joined(url, '/')),
        "nuget" => Named("NuGet", url.Name),
        "pypi" => Named("PyPI", url.Name),
        "golang" => Named("Go", Joined(url, '/')),
        "gem" => Named("RubyGems", url.Name),
        "composer" => Named("Packagist", Joined(url, '/')),
        "hex" => Named("Hex", url.Name),
        "pub" => Named("Pub", url.Name),
        "maven" => Named("Maven", Joined(url, ':')),
        "cran" => Named("CRAN", url.Name),
        "swift" => Named("SwiftURL", Joined(url, '/')),
        _ => null,
    };

    /// <summary>A package by the names of a record. An ecosystem may have a suffix behind a colon that does not change names.</summary>
    public static OsvPackage Named(string ecosystem, string name)
    {
        var plain = ecosystem.Split(':')[0];
        return new OsvPackage(plain, plain switch
        {
            "PyPI" => Normalized(name),
            "npm" or "NuGet" or "Go" or "Packagist" or "Hex" or "Pub" or "SwiftURL" => name.ToLowerInvariant(),
            _ => name,
        });
    }

    private static string Joined(PackageUrl url, char separator) => url.Namespace is null ? url.Name : $"{url.Namespace}{separator}{url.Name}";

    /// <summary>PEP 503: runs of <c>-_.</c> are one hyphen.</summary>
    private static string Normalized(string name) => string.Join('-', name.ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries));
}
