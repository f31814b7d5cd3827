namespace PluginHost.Skills.Manifests;

/// <summary>The default tool and the code behind it.</summary>
internal sealed record ManifestPlugin(string? DefaultTool, string? DefaultModule, string? DefaultEntrypoint);
