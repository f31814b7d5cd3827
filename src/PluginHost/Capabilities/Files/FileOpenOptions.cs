namespace PluginHost.Capabilities.Files;

/// <summary>How a file is opened.</summary>
internal readonly record struct FileOpenOptions(bool Write, bool Create, bool Exclusive, bool Truncate);
