using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Manifests;

/// <summary>A tool.</summary>
internal sealed record ManifestTool(
    string Id, string Name, string Description, TomlTable InputSchema, TomlTable OutputSchema, bool IsSensitive, bool RequiresApproval);
