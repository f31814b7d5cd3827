namespace PluginHost.Scan;

/// <summary>A rule uses something that is not supported here: it is skipped, and counted.</summary>
internal sealed class UnsupportedException(string what) : Exception(what);
