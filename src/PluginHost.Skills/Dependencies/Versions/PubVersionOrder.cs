namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>Dart's order: semantic versions whose builds have an order, too, and one with a build is after the one without.</summary>
internal sealed class PubVersionOrder : VersionOrder
{
    public static PubVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (SemanticParts.Of(x), SemanticParts.Of(y));
        return a.CompareNumbers(b) is not 0 and var numbers ? numbers
            : SemanticParts.ComparePrereleases(a.Prerelease, b.Prerelease, ignoresCase: false) is not 0 and var prereleases ? prereleases
            : (a.Build.Length, b.Build.Length) switch
            {
                (0, 0) => 0,
                (0, _) => -1,
                (_, 0) => 1,
                _ => SemanticParts.CompareLists(a.Build, b.Build, ignoresCase: false),
            };
    }
}
