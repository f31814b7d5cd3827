using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>What a manifest says to an operator; everything may be missing.</summary>
internal sealed record ManifestOperator
{
    public string? DisplayName { get; init; }

    public string? Summary { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<string> Categories { get; init; } = [];

    public ImmutableArray<string> Tags { get; init; } = [];

    public string? DocsUrl { get; init; }

    public ManifestPlugin? Plugin { get; init; }

    public ManifestConfig? Config { get; init; }
}
