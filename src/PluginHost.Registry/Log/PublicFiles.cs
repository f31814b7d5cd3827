using PluginHost.State;

namespace PluginHost.Registry.Log;

/// <summary>Files that anybody may read and a web server hands out as they are. Each is there whole, or not at all.</summary>
internal sealed class PublicFiles(string folder)
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>Writes a file; its name is durable after <see cref="Flush"/>.</summary>
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

    /// <summary>Makes the names of what was written durable.</summary>
    public void Flush()
    {
        foreach (var folder in _touched)
        {
            DirectoryFlush.Flush(folder);
        }

        _touched.Clear();
    }
}
