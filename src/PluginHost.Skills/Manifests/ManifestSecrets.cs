using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>Secrets of one scope.</summary>
internal sealed record ManifestSecrets(string Scope, ImmutableArray<string> Keys);
