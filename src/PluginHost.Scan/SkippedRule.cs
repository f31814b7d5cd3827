namespace PluginHost.Scan;

/// <summary>A rule that is not run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Reason">What it uses that is not supported.</param>
public sealed record SkippedRule(string Name, string File, string Reason);
