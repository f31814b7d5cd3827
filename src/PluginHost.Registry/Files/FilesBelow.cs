using PluginHost.State;

namespace PluginHost.Registry.Files;

/// <summary>The files of a folder of others.</summary>
/// <param name="files">All of them.</param>
/// <param name="folder">The folder.</param>
internal sealed class FilesBelow(IPublicFiles files, string folder) : IPublicFiles
{
    /// <inheritdoc/>
    public bool IsEmpty => files.List(folder).Count == 0;

    /// <inheritdoc/>
    public byte[]? Find(string path, int maxBytes) => files.Find($"{folder}/{path}", maxBytes);

    /// <inheritdoc/>
    public Stream? Open(string path, int maxBytes) => files.Open($"{folder}/{path}", maxBytes);

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content) => files.Write($"{folder}/{path}", content);

    /// <inheritdoc/>
    public void Flush() => files.Flush();

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string below) => [.. files.List($"{folder}/{below}").Select(path => path[(folder.Length + 1)..])];
}
