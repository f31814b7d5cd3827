namespace PluginHost.Conformance.Wast;

/// <summary>A command of a script that did not come out as the script says.</summary>
internal sealed record WastFailure(int Line, string Command, string Reason);
