namespace PluginHost.Registry.Publishing;

/// <summary>Something that is wrong with a registry, or that people should know.</summary>
/// <param name="IsFault">Whether it is wrong.</param>
/// <param name="Place">Where: a file, a version, or an entry of its log.</param>
/// <param name="Message">What.</param>
internal sealed record RegistryFinding(bool IsFault, string Place, string Message);
