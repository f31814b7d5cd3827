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
            return BoundedFile.Begin(Path.Combine(root, path), maxBytes) is { Length: var length } content && length <= maxBytes
                ? ValueTask.FromResult<byte[]?>(content)
                : throw LogRefusal.Form($"the log cannot be used: '{path}' has more than {maxBytes} bytes");
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
