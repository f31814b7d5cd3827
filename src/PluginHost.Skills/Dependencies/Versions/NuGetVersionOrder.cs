namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>Semantic versions of up to four numbers whose prereleases ignore case.</summary>
internal sealed class NuGetVersionOrder : VersionOrder
{
    public static NuGetVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (SemanticParts.Of(x), SemanticParts.Of(y));
        return a.CompareNumbers(b) is not 0 and var numbers ? numbers : SemanticParts.ComparePrereleases(a.Prerelease, b.Prerelease, ignoresCase: true);
    }
}
