using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>What a skill asks for.</summary>
internal sealed record ManifestCapabilities
{
    /// <summary>Lines of skill.toml on which its keys stand.</summary>
    public ImmutableDictionary<string, int> Lines { get; init; } = ImmutableDictionary<string, int>.Empty;

    public ImmutableArray<string> ReadRoots { get; init; } = [];

    public ImmutableArray<string> WriteRoots { get; init; } = [];

    public ImmutableArray<string> Hosts { get; init; } = [];

    public ImmutableArray<ManifestSecrets> Secrets { get; init; } = [];

    public ImmutableArray<string> Devices { get; init; } = [];

    public ImmutableArray<string> Nodes { get; init; } = [];

    /// <summary>Tables that wildcards are allowed in, used or not.</summary>
    public ImmutableArray<string> WildcardOptIns { get; init; } = [];

    public ManifestQuotas Quotas { get; init; } = new();
}
