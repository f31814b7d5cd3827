namespace PluginHost.Audit;

/// <summary>Looks whether a log still has a line that was seen in it, and all before it.</summary>
internal static class AuditTrace
{
    /// <summary>
    /// Whether it has. Retention never removes it: a mark moves on before older segments go, so that no record in the directory, which
    /// whoever cut the log may have written, has to be believed.
    /// </summary>
    public static bool Holds(string log, AuditPosition position) =>
        File.Exists(log) && AuditVerifier.Verify(log, new AuditExpectation { Holds = position }) is { Intact: true } report && report.FirstSequence <= position.Sequence;
}
