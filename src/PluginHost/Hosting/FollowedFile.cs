namespace PluginHost.Hosting;

/// <summary>A file that a policy names and that others keep: it is read again when it changed.</summary>
/// <param name="path">Where it lies; null for nowhere.</param>
/// <param name="maxBytes">Its most bytes.</param>
/// <param name="read">Reads it.</param>
/// <param name="none">What holds without it.</param>
internal sealed class FollowedFile<T>(string? path, int maxBytes, Func<byte[], T> read, T none)
    where T : class
{
    // Two changes that a file system with coarse times cannot tell apart are this far apart at most.
    private static readonly TimeSpan Coarse = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly string? _path = path is null ? null : Path.GetFullPath(path);
    private (DateTime Written, long Length, T Content)? _known;

    /// <exception cref="SkillStateException">It cannot be used as it is now.</exception>
    public T Current()
    {
        if (_path is null)
        {
            return none;
        }

        lock (_gate)
        {
            try
            {
                var (written, length) = Stamp(_path);
                if (_known is not { } known || known.Written != written || known.Length != length)
                {
                    var content = read(BoundedFile.Read(_path, maxBytes));
                    _known = DateTime.UtcNow - written > Coarse ? (written, length, content) : null;
                    return content;
                }

                return known.Content;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new SkillStateException("policy", $"'{path}', which the policy names, cannot be used: {e.Message}", e);
            }
        }
    }

    private static (DateTime Written, long Length) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Length);
    }
}
