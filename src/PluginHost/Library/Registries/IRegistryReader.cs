namespace PluginHost.Library.Registries;

/// <summary>Reads files of a registry, each bounded, and none that lies elsewhere.</summary>
internal interface IRegistryReader : IDisposable
{
    /// <summary>A place that the registry names, relative to another.</summary>
    /// <exception cref="SkillVerificationException">It is none, or leads away from the registry.</exception>
    Uri Resolve(Uri from, string reference);

    /// <summary>Reads a file.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Its bytes; null where there is none.</returns>
    /// <exception cref="SkillVerificationException">It is too large, or somewhere else.</exception>
    /// <exception cref="IOException">The registry cannot be reached, or takes too long.</exception>
    Task<byte[]?> FindAsync(Uri address, int most, CancellationToken cancellation);
}
