namespace PluginHost.Audit;

/// <summary>A place where the chain does not hold.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record AuditProblem(long Line, string What);
