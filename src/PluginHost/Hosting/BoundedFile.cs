namespace PluginHost.Hosting;

/// <summary>Reads files that ought to be small, whatever they turn out to be: a device has no length and no end.</summary>
internal static class BoundedFile
{
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    public static byte[] Read(string path, int maxBytes) =>
        Begin(path, maxBytes) is { Length: var length } content && length <= maxBytes ? content : throw new IOException($"it has more than {maxBytes} bytes");

    /// <summary>Its beginning: more than was asked for where there is more.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Begin(string path, int maxBytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

        // What has a length is read once into as many bytes; what it has grown by comes after them.
        var whole = file.CanSeek && file.Length <= maxBytes ? GC.AllocateUninitializedArray<byte>((int)file.Length) : [];
        var had = file.ReadAtLeast(whole, whole.Length, throwOnEndOfStream: false);
        var buffer = new byte[16 * 1024];
        var more = file.Read(buffer);
        if (more == 0)
        {
            return had == whole.Length ? whole : whole[..had];
        }

        using var content = new MemoryStream();
        content.Write(whole, 0, had);
        content.Write(buffer, 0, more);
        for (int count; content.Length <= maxBytes && (count = file.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }
}
