namespace PluginHost.Skills.Transparency;

/// <summary>Reads the files of a log, wherever they lie.</summary>
internal interface ILogFiles
{
    /// <summary>A file; null where it is not there.</summary>
    /// <param name="path">Its path from the log's prefix.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ValueTask<byte[]?> FindAsync(string path, int maxBytes, CancellationToken cancellation);
}
