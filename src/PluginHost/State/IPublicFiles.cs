namespace PluginHost.State;

/// <summary>Files that anybody may read. Each is there whole, or not at all.</summary>
internal interface IPublicFiles
{
    /// <summary>Reads a file.</summary>
    /// <returns>Its bytes; null where there is none.</returns>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    byte[]? Find(string path, int maxBytes);

    /// <summary>Opens a file to hand it on without holding all of it.</summary>
    /// <returns>Its bytes, with a length; null where there is none.</returns>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    Stream? Open(string path, int maxBytes) => Find(path, maxBytes) is { } content ? new MemoryStream(content, writable: false) : null;

    /// <summary>Writes a file; its name is durable after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(string path, ReadOnlySpan<byte> content);

    /// <summary>Makes the names of what was written durable.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    void Flush();

    /// <summary>Whether nothing is there.</summary>
    bool IsEmpty { get; }

    /// <summary>Paths of files in a folder and those below it, in ordinal order.</summary>
    IReadOnlyList<string> List(string folder);
}
