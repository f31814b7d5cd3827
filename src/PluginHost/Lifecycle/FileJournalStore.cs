using Microsoft.Win32.SafeHandles;
using PluginHost.State;

namespace PluginHost.Lifecycle;

/// <summary>The journal as a file of the state directory, appended to by whichever process has the turn.</summary>
internal sealed class FileJournalStore : IJournalStore
{
    private const string Rule = "journal";

    /// <summary>Bytes that a journal may have: what is read from one is held in memory.</summary>
    private const long MaxBytes = 256 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private FileJournalStore(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <exception cref="SkillStateException">It is missing, or cannot be opened.</exception>
    public static FileJournalStore Open(string path, bool isReadOnly = false)
    {
        try
        {
            return new FileJournalStore(path, File.OpenHandle(path, FileMode.Open, isReadOnly ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the lifecycle journal cannot be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public bool HasMoved(long position)
    {
        try
        {
            return RandomAccess.GetLength(_handle) != position;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the lifecycle journal cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public byte[] Read(ref long position)
    {
        try
        {
            // By its name: a file that was deleted or exchanged must not go on counting because somebody has it open.
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var length = file.Length - position;
            if (length < 0 || file.Length > MaxBytes)
            {
                throw new SkillStateException(Rule, length < 0 ? "the lifecycle journal is shorter than it was: it was cut" : $"the lifecycle journal has more than {MaxBytes} bytes");
            }

            var bytes = new byte[length];
            file.Position = position;
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

            // A process that died in the middle of a line leaves a part of it, which the next one that writes takes away.
            var whole = bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
            position += whole;
            return bytes[..whole];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the lifecycle journal cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public IDisposable Turn() => FileLock.Acquire(_path, Rule);

    /// <inheritdoc/>
    public void Append(ref long position, ReadOnlySpan<byte> line, LifecycleChange change)
    {
        try
        {
            if (RandomAccess.GetLength(_handle) > position)
            {
                RandomAccess.SetLength(_handle, position);
            }

            RandomAccess.Write(_handle, line, position);
            RandomAccess.FlushToDisk(_handle);
            position += line.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the lifecycle journal cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Wait(long position, TimeSpan time, CancellationToken cancellation)
    {
        // Never without a pause: a half line, or a file that is gone, stays as it is until somebody does something about it.
        var left = time;
        do
        {
            cancellation.WaitHandle.WaitOne(Pause < left ? Pause : left);
            left -= Pause;
        }
        while (left > TimeSpan.Zero && !cancellation.IsCancellationRequested && !IsOther(position));
    }

    public void Dispose() => _handle.Dispose();

    private bool IsOther(long position) => new FileInfo(_path) is var file && (!file.Exists || file.Length != position);
}
