using PluginHost.Library.Registries;
using PluginHost.Skills.Transparency;

namespace PluginHost.Logs;

/// <summary>The files of a log that lies in a registry.</summary>
/// <param name="reader">Reads the registry.</param>
/// <param name="prefix">The log's address, with a slash at its end.</param>
internal sealed class RegistryLogFiles(IRegistryReader reader, Uri prefix) : ILogFiles
{
    /// <inheritdoc/>
    public async ValueTask<byte[]?> FindAsync(string path, int maxBytes, CancellationToken cancellation) =>
        await reader.FindAsync(reader.Resolve(prefix, path), maxBytes, cancellation).ConfigureAwait(false);
}
