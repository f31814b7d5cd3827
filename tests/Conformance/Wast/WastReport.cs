namespace PluginHost.Conformance.Wast;

/// <summary>What came of the commands of one script.</summary>
internal sealed record WastReport(string File, int Passed, IReadOnlyList<WastFailure> Failures);
