using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost.Registry.Files;

/// <summary>Files in a directory, which a web server hands out as they are.</summary>
/// <param name="folder">The directory.</param>
internal sealed class DirectoryFiles(string folder) : IPublicFiles
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool IsEmpty => !Directory.Exists(_root) || !Directory.EnumerateFileSystemEntries(_root).Any();

    /// <inheritdoc/>
    public byte[]? Find(string path, int maxBytes) => Try(path, place => BoundedFile.Read(place, maxBytes));

    /// <inheritdoc/>
    public Stream? Open(string path, int maxBytes) => Try(path, place =>
    {
        var file = new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        try
        {
            return file.CanSeek && file.Length <= maxBytes ? file : throw new IOException($"it is no file, or has more than {maxBytes} bytes");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    private T? Try<T>(string path, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(Path.Combine(_root, path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string below)
    {
        var place = Path.Combine(_root, below);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false, MaxRecursionDepth = 16 };
        return Directory.Exists(place) ? [.. Directory.EnumerateFiles(place, "*", options).Select(path => Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)] : [];
    }

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var target = Path.Combine(_root, path);
        var folder = Path.GetDirectoryName(target)!;
        for (var above = folder; above.Length >= _root.Length && _touched.Add(above); above = Path.GetDirectoryName(above)!)
        {
            // Names of new folders have to last, too.
        }

        Directory.CreateDirectory(folder);
        var staged = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var file = new FileStream(staged, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(staged, target, overwrite: true);
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        foreach (var folder in _touched)
        {
            DirectoryFlush.Flush(folder);
        }

        _touched.Clear();
    }
}
