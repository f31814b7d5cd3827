namespace PluginHost.Capabilities.Files;

/// <summary>
/// Bytes that the files below a mapped directory may come to. What guests add is counted; what others add or remove is found when the
/// count has reached the limit, and everything is measured again.
/// </summary>
internal sealed class DirectoryQuota(HostDirectory root, long maxBytes)
{
    /// <summary>A tree with more entries cannot be measured in a call's time: then nothing more fits.</summary>
    private const int MaxEntries = 100_000;

    private const int MaxDepth = 64;
    private readonly Lock _gate = new();
    private long _used = long.MaxValue;

    /// <exception cref="FileTreeException">There is no room for so much more.</exception>
    public void Take(long bytes)
    {
        lock (_gate)
        {
            if (bytes > maxBytes - _used)
            {
                var entries = 0;
                _used = Measure(root, MaxDepth, ref entries);
            }

            if (bytes > maxBytes - _used)
            {
                throw new FileTreeException(FileError.NoSpace);
            }

            _used += bytes;
        }
    }

    private static long Measure(HostDirectory directory, int depth, ref int entries)
    {
        var total = 0L;
        foreach (var entry in directory.List())
        {
            if (++entries > MaxEntries || depth == 0)
            {
                throw new FileTreeException(FileError.NoSpace);
            }

            try
            {
                if (entry.Kind == FileKind.Directory)
                {
                    using var inner = (HostDirectory)directory.OpenDirectory(entry.Name);
                    total += Measure(inner, depth - 1, ref entries);
                }
                else
                {
                    total += entry.Kind == FileKind.Regular ? directory.StatusOf(entry.Name).Size : 0;
                }
            }
            catch (FileTreeException e) when (e.Error is FileError.NotFound or FileError.NotADirectory or FileError.Link)
            {
                // It went away, or became something else, while it was measured.
            }
        }

        return total;
    }
}
