namespace PluginHost.Audit;

/// <summary>Looks whether a log still has a line that was seen in it, and all before it.</summary>
internal static class AuditTrace
{
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Whether it has. Retention never removes it: a mark moves on before older segments go, so that no record in the directory, which
    /// whoever cut the log may have written, has to be believed. A process that writes the log may be between two segments just now.
    /// </summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public static bool Holds(string log, AuditPosition position)
    {
        for (var i = 1; ; i++)
        {
            if (File.Exists(log) && AuditVerifier.Verify(log, new AuditExpectation { Holds = position }) is { Intact: true } report && report.FirstSequence <= position.Sequence)
            {
                return true;
            }

            if (i == Attempts)
            {
                return false;
            }

            Thread.Sleep(Pause);
        }
    }
}
