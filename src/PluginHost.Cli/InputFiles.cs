namespace PluginHost.Cli;

/// <summary>Reads files that the command line names.</summary>
internal static class InputFiles
{
    /// <exception cref="CommandError">It cannot be read, or is too large.</exception>
    public static byte[] Read(string path, long maxBytes)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= maxBytes
                ? ReadAll(file)
                : throw new CommandError(ExitCode.Refused, "archive.size", $"'{path}' has {file.Length} bytes, more than {maxBytes}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    private static byte[] ReadAll(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
