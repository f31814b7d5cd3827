using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using PluginHost.Capabilities.Files;
using PluginHost.Hosting;
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
    private const string NextSuffix = ".next";
    private const string LockSuffix = ".lock";
    private const string CheckpointSuffix = ".checkpoint";
    private const int MaxCheckpointBytes = 4096;

    /// <summary>Names in a record, which must fit into a line.</summary>
    private const int MaxRemoved = 400;

    private const int MaxName = 100;

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
            var finished = AuditSegment.Of(_path);
            var next = AuditSegment.After(_path, finished.Count == 0 ? 0 : finished[^1].Number);

            // The new file is there before the old one goes: where there is no room for it, everything stays as it is.
            var fresh = OpenFile(_path + NextSuffix, FileShare.Read | FileShare.Delete);
            try
            {
                fresh.SetLength(0);
                File.Move(_path, next.Path);
                try
                {
                    File.Move(_path + NextSuffix, _path);
                }
                catch
                {
                    File.Move(next.Path, _path);
                    throw;
                }
            }
            catch
            {
                fresh.Dispose();
                throw;
            }

            _file.Dispose();
            (_file, _handle, _length, _isTorn) = (fresh, fresh.SafeFileHandle, 0, false);
            DirectoryFlush.Flush(Path.GetDirectoryName(_path)!);
            return true;
        }
    }

    public IReadOnlyList<AuditSegment> Finished()
    {
        var own = AuditSegment.Of(_path);
        return !_ownsFolder ? own : [.. Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, "*.jsonl")
            .Where(log => log != _path && log.EndsWith(".jsonl", StringComparison.Ordinal) && !IsInUse(log))
            .Select(log => new AuditSegment(log, AuditSegment.WholeLog))
            .Concat(own)
            .OrderBy(segment => segment.Number != AuditSegment.WholeLog)
            .ThenBy(segment => segment.Number == AuditSegment.WholeLog ? segment.Ended : DateTime.MinValue)
            .ThenBy(segment => segment.Number)];
    }

    public void Remove(AuditSegment segment)
    {
        foreach (var file in segment.Files.ToList())
        {
            File.Delete(file);
        }

        if (segment.Number == AuditSegment.WholeLog)
        {
            File.Delete(segment.Path + CheckpointSuffix);
            File.Delete(segment.Path + LockSuffix);
        }
    }

    public IReadOnlyList<string> RemovedBy(AuditSegment segment)
    {
        var names = new Queue<string>();
        if (segment.Number == AuditSegment.WholeLog)
        {
            AuditQuery.Run([segment.Path], new AuditFilter().Field("type", "lifecycle").Field("event", "retention"), match =>
            {
                var before = match.Fields.TryGetProperty("before", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
                foreach (var name in before.Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).Append(match["segment"]).Where(name => name.Length is > 0 and <= MaxName))
                {
                    names.Enqueue(name);
                    if (names.Count > MaxRemoved)
                    {
                        names.Dequeue();
                    }
                }

                return true;
            });
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    public void Publish(string note) => PrivateFiles.Replace(_path + CheckpointSuffix, Encoding.UTF8.GetBytes(note));

    public IReadOnlyList<AuditPosition> Neighbours() => !_ownsFolder ? [] : [.. Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, "*.jsonl" + CheckpointSuffix)
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
            if (OperatingSystem.IsLinux() && LinuxFiles.KindOf(file) is not FileKind.Regular)
            {
                return null;
            }

            return CheckpointSigner.Read(Encoding.UTF8.GetString(BoundedFile.Read(file, MaxCheckpointBytes))) is { Log.Length: <= MaxName } position ? position : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Verifies what is there, from the last finished segment on.</summary>
    private static (long Sequence, string Head) Verified(string path, FileStream file)
    {
        var before = AuditSegment.Of(path) is not [.., var last] ? (0, AuditLine.NoHash)
            : SegmentEnd.Of(last.Path) ?? throw new SkillStateException("audit-tampered", $"the segment '{Path.GetFileName(last.Path)}' does not end with a whole line");
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
