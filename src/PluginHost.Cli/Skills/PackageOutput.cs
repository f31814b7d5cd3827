namespace PluginHost.Cli.Skills;

/// <summary>Writes a package that was made: whoever looks sees the old file or the whole new one.</summary>
internal static class PackageOutput
{
    /// <exception cref="CommandError">It cannot be written.</exception>
    public static void Write(string path, byte[] package)
    {
        var staged = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(staged, package);
            File.Move(staged, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
