namespace PluginHost.Hosting;

/// <summary>Reads files that ought to be small, whatever they turn out to be: a device has no length and no end.</summary>
internal static class BoundedFile
{
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var bytes = new byte[maxBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= maxBytes ? bytes[..length] : throw new IOException($"it has more than {maxBytes} bytes");
    }
}
