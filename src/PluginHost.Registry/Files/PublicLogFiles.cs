using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Files;

/// <summary>The files of a log, for whoever reads it where it is written.</summary>
/// <param name="files">Its files.</param>
internal sealed class PublicLogFiles(IPublicFiles files) : ILogFiles
{
    /// <inheritdoc/>
    public ValueTask<byte[]?> FindAsync(string path, int maxBytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(files.Find(path, maxBytes));
    }
}
