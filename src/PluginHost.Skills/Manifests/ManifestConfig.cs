using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>The settings that an operator can give a skill.</summary>
internal sealed record ManifestConfig(ImmutableArray<ConfigProperty> Properties);
