using System.Text;
using Microsoft.Win32.SafeHandles;
using PluginHost.Capabilities.Files;
using PluginHost.State;

namespace PluginHost.Audit;

/// <summary>
/// Appends to a file, one write for each line and nothing buffered here, so that a process that is killed leaves whole
/// lines and at most one torn one at the end. A lock file beside the log, which stays, keeps a second writer out: the
/// log itself must stay readable, and not every system can lock a file against writers only. A full segment is renamed and
/// a new file begun in its place.
/// </summary>
internal sealed class FileAuditStore : IAuditStore
{
    private const string LockSuffix = ".lock";
    private const string CheckpointSuffix = ".checkpoint";
    private const int MaxCheckpointBytes = 4096;

    private readonly string _path;
    private readonly bool _ownsFolder;
    private readonly FileStream _lock;
    private readonly Lock _flushing = new();
    private FileStream _file;
    private SafeFileHandle _handle;
    private long _length;
    private bool _isTorn;

    private FileAuditStore(string path, bool ownsFolder, FileStream file, FileStream guard)
    {
        _ownsFolder = ownsFolder;
        _path = Path.GetFullPath(path);
        _file = file;
        _handle = file.SafeFileHandle;
        _length = file.Length;
        _lock = guard;
    }

    public string Name => Path.GetFileName(_path);

    public long SegmentBytes => _length;

    /// <exception cref="SkillStateException">The file cannot be opened, or it was tampered with.</exception>
    /// <param name="path">Its file.</param>
    /// <param name="ownsFolder">Whether the folder holds nothing but logs of hosts.</param>
    /// <param name="sequence">Sequence number of its last line.</param>
    /// <param name="head">Hash of its last line.</param>
    public static FileAuditStore Open(string path, bool ownsFolder, out long sequence, out string head)
    {
        RefuseDevices(path);
        var guard = OpenFile(path + LockSuffix, FileShare.None);
        FileStream? file = null;
        try
        {
            file = OpenFile(path, FileShare.Read | FileShare.Delete);
            (sequence, head) = Verified(path, file);
            return new FileAuditStore(path, ownsFolder, file, guard);
        }
        catch
        {
            file?.Dispose();
            guard.Dispose();
            throw;
        }
    }

    public void Append(ReadOnlySpan<byte> lines)
    {
        if (_isTorn)
        {
            RandomAccess.SetLength(_handle, _length);
            _isTorn = false;
        }

        try
        {
            RandomAccess.Write(_handle, lines, _length);
            _length += lines.Length;
        }
        catch
        {
            // A part of it may be there: it goes before the next one comes.
            _isTorn = true;
            throw;
        }
    }

    public void Flush()
    {
        lock (_flushing)
        {
            RandomAccess.FlushToDisk(_handle);
        }
    }

    public bool EndSegment()
    {
        lock (_flushing)
        {
            RandomAccess.FlushToDisk(_handle);
            var finished = AuditSegment.Of(_path);
            var next = AuditSegment.After(_path, finished.Count == 0 ? 0 : finished[^1].Number);
            _file.Dispose();
            try
            {
                File.Move(_path, next.Path);
            }
            finally
            {
                _file = OpenFile(_path, FileShare.Read | FileShare.Delete);
                _handle = _file.SafeFileHandle;
                _length = _file.Length;
            }

            return true;
        }
    }

    public IReadOnlyList<AuditSegment> Finished()
    {
        var own = AuditSegment.Of(_path);
        return !_ownsFolder ? own : [.. Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, "*.jsonl")
            .Where(log => log != _path && log.EndsWith(".jsonl", StringComparison.Ordinal) && !IsInUse(log))
            .SelectMany(log => AuditSegment.Of(log).Append(new AuditSegment(log, int.MaxValue)))
            .Concat(own)
            .OrderBy(segment => File.GetLastWriteTimeUtc(segment.Path))
            .ThenBy(segment => segment.Number)];
    }

    public void Remove(AuditSegment segment)
    {
        File.Delete(segment.Path);
        if (segment.Number == int.MaxValue)
        {
            File.Delete(segment.Path + CheckpointSuffix);
            File.Delete(segment.Path + LockSuffix);
        }
    }

    public void Publish(string note) => PrivateFiles.Replace(_path + CheckpointSuffix, Encoding.UTF8.GetBytes(note));

    public IReadOnlyList<AuditPosition> Neighbours() => [.. Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, "*.jsonl" + CheckpointSuffix)
        .Where(file => file != _path + CheckpointSuffix)
        .OrderByDescending(File.GetLastWriteTimeUtc)
        .Take(100)
        .Select(ReadCheckpoint)
        .OfType<AuditPosition>()];

    public void Dispose()
    {
        if (_isTorn)
        {
            try
            {
                RandomAccess.SetLength(_handle, _length);
            }
            catch (IOException)
            {
                // Whoever opens the log next sets the torn line aside.
            }
        }

        _file.Dispose();
        _lock.Dispose();
    }

    private static bool IsInUse(string log)
    {
        try
        {
            using var guard = OpenFile(log + LockSuffix, FileShare.None);
            return false;
        }
        catch (SkillStateException)
        {
            return true;
        }
    }

    private static AuditPosition? ReadCheckpoint(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxCheckpointBytes ? CheckpointSigner.Read(File.ReadAllText(file)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Verifies what is there, from the last finished segment on.</summary>
    private static (long Sequence, string Head) Verified(string path, FileStream file)
    {
        var before = AuditSegment.Of(path) is [.., var last] ? SegmentEnd.Of(last.Path) : (0, AuditLine.NoHash);
        var report = AuditVerifier.Verify([file], new AuditExpectation { From = before });
        if (!report.Intact)
        {
            throw new SkillStateException("audit-tampered", $"the audit log is damaged at line {report.Problems[0].Line}: {report.Problems[0].What}");
        }

        if (report.TornBytes > 0)
        {
            SetAside(path, file, report.TornBytes);
        }

        return report.Lines == 0 ? before : (report.LastSequence, report.Head);
    }

    /// <summary>What is there and has no name of a regular file's kind is no place for a log; nothing is made beside it.</summary>
    private static void RefuseDevices(string path)
    {
        if (OperatingSystem.IsLinux() && Path.Exists(path) && LinuxFiles.KindOf(Path.GetFullPath(path)) is not FileKind.Regular)
        {
            throw new SkillStateException("audit-open", "the audit log could not be opened: it is not a regular file");
        }
    }

    private static FileStream OpenFile(string path, FileShare share)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var file = new FileStream(path, options);
            if (file.CanSeek && !File.GetAttributes(path).HasFlag(FileAttributes.Device))
            {
                return file;
            }

            file.Dispose();
            throw new IOException("it is not a regular file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SkillStateException("audit-open", $"the audit log could not be opened: {e.Message}", e);
        }
    }

    /// <summary>A torn tail cannot be continued and must not be lost: it moves to a file beside the log.</summary>
    private static void SetAside(string path, FileStream file, long bytes)
    {
        var torn = new byte[bytes];
        file.Seek(-bytes, SeekOrigin.End);
        file.ReadExactly(torn);
        for (var i = 1; ; i++)
        {
            var aside = $"{path}.torn-{i}";
            if (!File.Exists(aside))
            {
                File.WriteAllBytes(aside, torn);
                break;
            }
        }

        file.SetLength(file.Length - bytes);
    }
}
