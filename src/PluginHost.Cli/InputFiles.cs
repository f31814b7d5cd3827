namespace PluginHost.Cli;

/// <summary>Reads files that the command line names.</summary>
internal static class InputFiles
{
    private const string TooLarge = "archive.size";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <param name="tooLarge">The code where it is longer.</param>
    /// <exception cref="CommandError">It cannot be read, or is too large.</exception>
    public static byte[] Read(string path, long maxBytes, string tooLarge = TooLarge)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= maxBytes
                ? ReadAll(file)
                : throw new CommandError(ExitCode.Refused, tooLarge, $"'{path}' has {file.Length} bytes, more than {maxBytes}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    /// <summary>Reads a stream whose length nobody knows.</summary>
    /// <exception cref="CommandError">It holds more than is allowed.</exception>
    public static byte[] ReadAll(Stream input, long maxBytes)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = input.Read(buffer)) > 0;)
        {
            if (content.Length + count > maxBytes)
            {
                throw new CommandError(ExitCode.Refused, TooLarge, $"the input has more than {maxBytes} bytes");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    private static byte[] ReadAll(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
