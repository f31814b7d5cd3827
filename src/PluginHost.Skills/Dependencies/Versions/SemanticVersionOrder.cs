namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>Semantic Versioning 2.0, with a leading <c>v</c> allowed. Build metadata has no order.</summary>
internal sealed class SemanticVersionOrder : VersionOrder
{
    public static SemanticVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (SemanticParts.Of(x), SemanticParts.Of(y));
        return a.CompareNumbers(b) is not 0 and var numbers ? numbers : SemanticParts.ComparePrereleases(a.Prerelease, b.Prerelease, ignoresCase: false);
    }
}
