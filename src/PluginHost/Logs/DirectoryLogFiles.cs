using PluginHost.Hosting;
using PluginHost.Skills.Transparency;

namespace PluginHost.Logs;

/// <summary>The files of a log in a directory.</summary>
internal sealed class DirectoryLogFiles(string root) : ILogFiles
{
    /// <inheritdoc/>
    public ValueTask<byte[]?> FindAsync(string path, int maxBytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult<byte[]?>(BoundedFile.Read(Path.Combine(root, path), maxBytes));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
