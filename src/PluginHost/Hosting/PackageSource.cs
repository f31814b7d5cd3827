using PluginHost.Skills.Artifacts;

namespace PluginHost.Hosting;

/// <summary>Where a package comes from. It is read once: what is verified is what runs.</summary>
/// <param name="Read">Its bytes.</param>
/// <param name="Evidence">The bundle of evidence beside it.</param>
internal sealed record PackageSource(Func<byte[]> Read, Func<byte[]> Evidence)
{
    private const int FirstBytes = 64 * 1024;

    /// <summary>Whether it is what an operator installed: that a newer version was met since does not speak against it.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>A key that cannot be the publisher's, because it signed something else on the way here.</summary>
    public string? RegistryKey { get; init; }

    public static PackageSource File(string path) => new(() => PackageFile.Read(path), () => PackageFile.Evidence(path));

    /// <summary>A package whose bytes are there already.</summary>
    public static PackageSource Bytes(byte[] bytes) => new(() => bytes, static () => []);

    /// <summary>A stream that nothing lies beside.</summary>
    public static PackageSource Stream(Stream stream) => new(
        () =>
        {
            using var content = new MemoryStream(FirstBytes);
            var buffer = new byte[FirstBytes];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                Append(content, buffer.AsSpan(0, count));
            }

            return content.ToArray();
        },
        static () => []);

    /// <summary>Reads a stream to its end, waiting on nothing but itself.</summary>
    /// <exception cref="SkillVerificationException">It is longer than a package may be.</exception>
    public static async Task<PackageSource> StreamAsync(Stream stream, CancellationToken cancellation)
    {
        using var content = new MemoryStream(FirstBytes);
        var buffer = new byte[FirstBytes];
        for (int count; (count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            Append(content, buffer.AsSpan(0, count));
        }

        return Bytes(content.ToArray());
    }

    private static void Append(MemoryStream content, ReadOnlySpan<byte> bytes)
    {
        if (content.Length + bytes.Length > ArchiveLimits.TotalBytes)
        {
            throw new SkillVerificationException("archive", "size", $"the stream has more than {ArchiveLimits.TotalBytes} bytes");
        }

        content.Write(bytes);
    }
}
