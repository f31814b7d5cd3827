using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.Dependencies;

/// <summary>What the standard says of a type of package URL: which parts it must have or not have, and how they are spelled.</summary>
/// <param name="LowersNamespace">Whether the namespace means the same in lower case.</param>
/// <param name="LowersName">Whether the name does.</param>
/// <param name="LowersVersion">Whether the version does.</param>
/// <param name="Namespace">Whether it must, or must not, have a namespace; null where it may.</param>
/// <param name="NeedsVersion">Whether it must have a version.</param>
/// <param name="Qualifier">A qualifier that it must have.</param>
internal sealed partial record PackageUrlType(
    bool LowersNamespace = false, bool LowersName = false, bool LowersVersion = false, bool? Namespace = null, bool NeedsVersion = false, string? Qualifier = null)
{
    private static readonly PackageUrlType Lower = new(LowersNamespace: true, LowersName: true);

    private static readonly FrozenDictionary<string, PackageUrlType> Types = new Dictionary<string, PackageUrlType>
    {
        ["alpm"] = Lower,
        ["apk"] = Lower,
        ["bitbucket"] = Lower,
        ["bitnami"] = new(LowersName: true),
        ["brew"] = Lower,
        ["composer"] = Lower,
        ["cargo"] = new(Namespace: false),
        ["cran"] = new(Namespace: false, NeedsVersion: true),
        ["deb"] = Lower,
        ["github"] = Lower,
        ["gitlab"] = Lower,
        ["golang"] = Lower,
        ["hex"] = Lower,
        ["huggingface"] = new(LowersVersion: true),
        ["julia"] = new(Namespace: false, Qualifier: "uuid"),
        ["luarocks"] = new(LowersNamespace: true, LowersName: true, LowersVersion: true),
        ["npm"] = Lower,
        ["oci"] = new(LowersName: true, Namespace: false),
        ["otp"] = new(LowersName: true, Namespace: false),
        ["pub"] = new(LowersName: true),
        ["pypi"] = new(LowersName: true),
        ["qpkg"] = new(LowersNamespace: true),
        ["rpm"] = new(LowersNamespace: true),
        ["swid"] = new(Qualifier: "tag_id"),
        ["swift"] = new(Namespace: true, NeedsVersion: true),
        ["vcpkg"] = new(Namespace: false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The spelling that the type has.</summary>
    /// <exception cref="FormatException">A rule of the type is broken.</exception>
    public static PackageUrl Apply(PackageUrl url)
    {
        var type = Types.GetValueOrDefault(url.Type) ?? new PackageUrlType();
        if (type.Namespace is { } must && must != url.Namespace is not null)
        {
            throw new FormatException($"a package URL of type '{url.Type}' has {(must ? "a" : "no")} namespace");
        }

        if (type.NeedsVersion && url.Version is null)
        {
            throw new FormatException($"a package URL of type '{url.Type}' has a version");
        }

        if (type.Qualifier is { } qualifier && !url.Qualifiers.ContainsKey(qualifier))
        {
            throw new FormatException($"a package URL of type '{url.Type}' has the qualifier '{qualifier}'");
        }

        var name = type.LowersName ? url.Name.ToLowerInvariant() : url.Name;
        return url.With(
            type.LowersNamespace ? url.Namespace?.ToLowerInvariant() : url.Namespace,
            Special(url, name),
            type.LowersVersion ? url.Version?.ToLowerInvariant() : url.Version);
    }

    /// <summary>Rules that one type alone has.</summary>
    private static string Special(PackageUrl url, string name) => url.Type switch
    {
        "pypi" => name.Replace('_', '-'),

        // A Databricks registry folds case, an Azure one does not.
        "mlflow" when url.Qualifiers.GetValueOrDefault("repository_url")?.Contains("databricks", StringComparison.OrdinalIgnoreCase) == true => name.ToLowerInvariant(),
        "cpan" when name.Contains("::", StringComparison.Ordinal) => throw new FormatException("a package URL of type 'cpan' names a distribution, not a module"),
        "chrome-extension" when !ExtensionId().IsMatch(name) || (url.Version is { } version && !ExtensionVersion().IsMatch(version)) =>
            throw new FormatException("a package URL of type 'chrome-extension' has an id of 32 letters a to p and a version of one to four numbers"),
        _ => name,
    };

    [GeneratedRegex(@"^[a-p]{32}\z")]
    private static partial Regex ExtensionId();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+){0,3}\z")]
    private static partial Regex ExtensionVersion();
}
