namespace PluginHost;

/// <summary>A directory of the machine that takes the place of a skill's own root. Linux only in this version.</summary>
/// <param name="Path">The directory. It must not hold, or lie in, the host's own state, keys or logs.</param>
/// <param name="IsReadOnly">Whether the skill may only read there, whatever it was granted.</param>
public sealed record MappedDirectory(string Path, bool IsReadOnly = false);
