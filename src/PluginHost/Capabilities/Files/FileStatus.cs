namespace PluginHost.Capabilities.Files;

/// <summary>What is known about a file or directory.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">A number that no other file of its tree has.</param>
/// <param name="Links">Number of names it has.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Times">When it was used.</param>
internal readonly record struct FileStatus(FileKind Kind, ulong Id, ulong Links, long Size, FileTimes Times);
