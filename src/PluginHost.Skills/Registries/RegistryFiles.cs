namespace PluginHost.Skills.Registries;

/// <summary>Where things are in a registry, relative to its first page.</summary>
internal static class RegistryFiles
{
    /// <summary>The first page of the index, in Palyra's form.</summary>
    public const string Index = "index.json";

    /// <summary>What the registry holds right now, and until when that is fresh.</summary>
    public const string Timestamp = "timestamp.json";

    /// <summary>What the registry has to say against versions, one envelope on a line.</summary>
    public const string Advisories = "advisories.intoto.jsonl";

    /// <summary>Which key may publish under which name, one envelope on a line.</summary>
    public const string Delegations = "delegations.intoto.jsonl";

    /// <summary>The folder of its log.</summary>
    public const string Log = "log";

    /// <summary>The folder of its packages.</summary>
    public const string Packages = "packages";

    /// <summary>What the bundle beside a package ends with.</summary>
    public const string BundleExtension = ".intoto.jsonl";

    /// <summary>What a package ends with.</summary>
    public const string PackageExtension = ".palyra-skill";

    /// <summary>Whether a part of a path is plain wherever files lie: no way up, nothing hidden, no letter that a file system could take for another.</summary>
    public static bool IsPart(string part) => part.Length is > 0 and <= 512 && part[0] != '.' && part[^1] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+');

    /// <summary>A page of the index.</summary>
    /// <param name="number">Its number, from one.</param>
    public static string Page(int number) => number == 1 ? Index : FormattableString.Invariant($"index-{number}.json");

    /// <summary>The place of a package.</summary>
    public static string Package(string publisher, string skill, string version) => $"{Packages}/{publisher}/{skill}-{version}{PackageExtension}";
}
