namespace PluginHost.Audit;

/// <summary>The logs that a path means: a file with the segments beside it, or every log of a directory.</summary>
internal static class AuditFiles
{
    private const string Extension = ".jsonl";
    private const int MaxLogs = 100_000;

    /// <exception cref="IOException">There is no log.</exception>
    public static IReadOnlyList<string> Logs(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw new FileNotFoundException($"there is no log '{path}'");
        }

        var logs = Directory.EnumerateFiles(path, "*" + Extension).Where(file => file.EndsWith(Extension, StringComparison.Ordinal)).Take(MaxLogs).Order(StringComparer.Ordinal).ToList();
        return logs.Count > 0 ? logs : throw new FileNotFoundException($"there is no log in '{path}'");
    }

    /// <summary>Files of a log in the order of its lines.</summary>
    public static IEnumerable<string> Parts(string log) => AuditSegment.Of(log).Select(segment => segment.Path).Append(log);

    public static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
}
