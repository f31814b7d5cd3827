using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>Files that are about to be written, to be read as whoever comes next will read them.</summary>
/// <param name="files">Their names and contents.</param>
internal sealed class PendingFiles(IReadOnlyList<(string Name, byte[] Content)> files) : IPublicFiles
{
    public bool IsEmpty => files.Count == 0;

    public byte[]? Find(string path, int maxBytes) =>
        files.FirstOrDefault(file => file.Name == path).Content is not { } content ? null : content.Length <= maxBytes ? content : throw new IOException($"'{path}' has more than {maxBytes} bytes");

    public IReadOnlyList<string> List(string folder) => [.. files.Select(file => file.Name).Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public void Write(string path, ReadOnlySpan<byte> content) => throw new NotSupportedException();

    public void Flush()
    {
    }
}
