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
            using (var file = new FileStream(staged, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(staged, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
        finally
        {
            File.Delete(staged);
        }
    }
}
