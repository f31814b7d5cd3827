using Microsoft.Win32.SafeHandles;

namespace PluginHost.Capabilities.Files;

/// <summary>An open regular file of the machine.</summary>
internal sealed class HostFile(SafeFileHandle handle, DirectoryQuota? quota) : IFileNode
{
    private static readonly Lock Appends = new();

    public FileStatus Status => LinuxFiles.Status(handle);

    public int Read(Span<byte> into, long position)
    {
        try
        {
            return RandomAccess.Read(handle, into, position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FileTreeException(FileError.Failed);
        }
    }

    /// <summary>One for all: two handles may be of the same file.</summary>
    public Lock AppendGate => Appends;

    public void Write(ReadOnlySpan<byte> from, long position)
    {
        Grow(position > long.MaxValue - from.Length ? long.MaxValue : position + from.Length);
        Changing(from, position, static (handle, bytes, at) => RandomAccess.Write(handle, bytes, at));
    }

    public void SetLength(long length)
    {
        Grow(length);
        Changing([], length, static (handle, _, size) => RandomAccess.SetLength(handle, size));
    }

    public void SetTimes(DateTimeOffset? accessed, DateTimeOffset? modified)
    {
        // A second name of the file may lie outside of what was granted.
        if (Status.Links > 1)
        {
            throw new FileTreeException(FileError.Denied);
        }

        LinuxFiles.SetTimes(handle, null, accessed, modified);
    }

    public void Flush() => Changing([], 0, static (handle, _, _) => RandomAccess.FlushToDisk(handle));

    public void Dispose() => handle.Dispose();

    /// <summary>Takes room for what a change adds to the file.</summary>
    private void Grow(long length)
    {
        if (quota is not null && length - Status.Size is var added and > 0)
        {
            quota.Take(added);
        }
    }

    private void Changing(ReadOnlySpan<byte> bytes, long number, Action<SafeFileHandle, ReadOnlySpan<byte>, long> change)
    {
        const int diskFull = 28;
        try
        {
            change(handle, bytes, number);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == diskFull)
        {
            throw new FileTreeException(FileError.NoSpace);
        }
        catch (ArgumentException)
        {
            // The framework's word for a size that the file system does not hold.
            throw new FileTreeException(FileError.TooLarge);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileTreeException(FileError.Failed);
        }
    }
}
