namespace PluginHost.Cli;

/// <summary>Writes a file that was made: whoever looks sees the old one or the whole new one.</summary>
internal static class OutputFile
{
    /// <exception cref="CommandError">It cannot be written.</exception>
    public static void Write(string path, byte[] content)
    {
        var staged = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(staged, content);
            File.Move(staged, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
