namespace PluginHost.Capabilities.Files;

/// <summary>An open regular file.</summary>
internal interface IFileNode : IDisposable
{
    FileStatus Status { get; }

    /// <summary>Locked by whoever looks for the end of the file and writes there.</summary>
    Lock AppendGate { get; }

    /// <summary>Reads at a position; 0 at the end.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>Writes at a position, growing the file where needed.</summary>
    void Write(ReadOnlySpan<byte> from, long position);

    void SetLength(long length);

    /// <summary>Says when the content was last read and changed; a null time stays.</summary>
    void SetTimes(DateTimeOffset? accessed, DateTimeOffset? modified);

    void Flush();
}
