using System.Collections.Immutable;

namespace PluginHost.Capabilities;

/// <summary>One of the things a guest may be allowed. The set is closed; manifests, policies and records use these names.</summary>
public sealed class Capability
{
    private static readonly Dictionary<string, Capability> Known = new(StringComparer.Ordinal);

    private Capability(string name, bool isQuiet)
    {
        Name = name;
        IsQuiet = isQuiet;
        Index = Known.Count;
        Known.Add(name, this);
    }

    /// <summary>Requests to hosts on the network.</summary>
    public static Capability HttpEgress { get; } = new("http.egress", false);

    /// <summary>Reading files and directories.</summary>
    public static Capability FilesystemRead { get; } = new("filesystem.read", false);

    /// <summary>Creating, changing and deleting files and directories.</summary>
    public static Capability FilesystemWrite { get; } = new("filesystem.write", false);

    /// <summary>Secrets that the host puts into requests; the guest never holds them.</summary>
    public static Capability SecretsUse { get; } = new("secrets.use", false);

    /// <summary>Secrets whose value reaches the guest.</summary>
    public static Capability SecretsRead { get; } = new("secrets.read", false);

    /// <summary>Variables that live on between calls.</summary>
    public static Capability Variables { get; } = new("variables", true);

    /// <summary>The time, and sleeping.</summary>
    public static Capability Clock { get; } = new("clock", true);

    /// <summary>Random bytes.</summary>
    public static Capability Random { get; } = new("random", true);

    /// <summary>Messages to the log.</summary>
    public static Capability Log { get; } = new("log", true);

    /// <summary>Standard input, output and error.</summary>
    public static Capability Stdio { get; } = new("stdio", true);

    /// <summary>Environment variables, whose values come from the embedder.</summary>
    public static Capability Environment { get; } = new("environment", false);

    /// <summary>Tools of other skills.</summary>
    public static Capability SkillCall { get; } = new("skill.call", false);

    /// <summary>Functions that the embedder registered.</summary>
    public static Capability HostFunction { get; } = new("host.function", false);

    /// <summary>All of them, in the order of their names.</summary>
    internal static ImmutableArray<Capability> ByName { get; } = [.. Known.Values.OrderBy(capability => capability.Name, StringComparer.Ordinal)];

    /// <summary>How many there are.</summary>
    internal static int Count => ByName.Length;

    /// <summary>A number from 0 up, its own.</summary>
    internal int Index { get; }

    /// <summary>The name, for instance <c>http.egress</c>.</summary>
    public string Name { get; }

    /// <summary>Whether a call records only its first use and the totals, because uses are many and harmless.</summary>
    internal bool IsQuiet { get; }

    /// <summary>The capability of a name, or null.</summary>
    public static Capability? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
