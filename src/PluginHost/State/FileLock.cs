namespace PluginHost.State;

/// <summary>Takes turns with other processes that use a file: whoever holds the lock file beside it goes first.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="path">The file; the lock lies beside it and stays.</param>
    /// <param name="rule">Rule of the error where it cannot be had.</param>
    /// <param name="patience">How long to wait for it; three seconds without it.</param>
    /// <exception cref="SkillStateException">Another process holds it for longer, or it cannot be made.</exception>
    public static IDisposable Acquire(string path, string rule, TimeSpan? patience = null)
    {
        for (var left = patience ?? Usual; ; left -= Pause)
        {
            try
            {
                return PrivateFiles.OpenAlone(path + ".lock");
            }
            catch (IOException) when (left > TimeSpan.Zero)
            {
                Thread.Sleep(Pause);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SkillStateException(rule, $"'{Path.GetFileName(path)}' cannot be locked: {e.Message}", e);
            }
        }
    }
}
