using PluginHost.Capabilities.Files;

namespace PluginHost.Cli;

/// <summary>
/// Writes a file that was made: whoever looks sees the old one or the whole new one. A link stays, and what it leads to is written; devices and pipes are
/// written as they are, because nothing may take their place.
/// </summary>
internal static class OutputFile
{
    /// <exception cref="CommandError">It cannot be written.</exception>
    public static void Write(string path, byte[] content)
    {
        try
        {
            if (IsSpecial(path))
            {
                using var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                device.Write(content);
            }
            else
            {
                Replace(File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path, content);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    private static void Replace(string path, byte[] content)
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
        finally
        {
            File.Delete(staged);
        }
    }

    private static bool IsSpecial(string path)
    {
        var full = Path.GetFullPath(path);
        return !OperatingSystem.IsWindows() && File.Exists(full)
            && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || (OperatingSystem.IsLinux() && LinuxFiles.KindOf(full) is not FileKind.Regular));
    }
}
