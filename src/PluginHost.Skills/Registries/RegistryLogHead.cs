namespace PluginHost.Skills.Registries;

/// <summary>The log of a registry as it was when the registry signed its timestamp: the log of another registry, or an older tree, is not it.</summary>
/// <param name="Origin">Name of the log.</param>
/// <param name="Size">How many entries it had.</param>
/// <param name="Root">Lower hex root of their tree.</param>
internal sealed record RegistryLogHead(string Origin, long Size, string Root);
