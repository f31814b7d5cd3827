using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>The code of a tool.</summary>
internal sealed record ToolBinding(
    string Tool, string? Module, string? Export, string? Abi, ImmutableArray<string>? Grants, long? Fuel, long? TimeoutMilliseconds, long? MemoryBytes);
