namespace PluginHost.Audit;

/// <summary>A place in a log.</summary>
/// <param name="Log">Name of the log's file; empty for one without.</param>
/// <param name="Sequence">Sequence number of a line.</param>
/// <param name="Head">Hash of that line.</param>
internal sealed record AuditPosition(string Log, long Sequence, string Head);
