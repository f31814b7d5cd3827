using PluginHost.Capabilities.Files;

namespace PluginHost.Audit;

/// <summary>
/// Appends to a file, one write for each line and nothing buffered here, so that a process that is killed leaves whole
/// lines and at most one torn one at the end. A lock file beside the log, which stays, keeps a second writer out: the
/// log itself must stay readable, and not every system can lock a file against writers only.
/// </summary>
internal sealed class FileAuditStore : IAuditStore
{
    private readonly FileStream _file;
    private readonly FileStream _lock;

    private FileAuditStore(FileStream file, FileStream guard)
    {
        _file = file;
        _lock = guard;
    }

    public static FileAuditStore Open(string path, out AuditReport report)
    {
        RefuseDevices(path);
        var guard = OpenFile(path + ".lock", FileShare.None);
        FileStream? file = null;
        try
        {
            file = OpenFile(path, FileShare.Read);
            report = AuditVerifier.Verify(file, expectedHead: null);
            if (!report.Intact)
            {
                throw new SkillStateException("audit-tampered", $"the audit log is damaged at line {report.Problems[0].Line}: {report.Problems[0].What}");
            }

            if (report.TornBytes > 0)
            {
                SetAside(path, file, report.TornBytes);
            }

            file.Seek(0, SeekOrigin.End);
            return new FileAuditStore(file, guard);
        }
        catch
        {
            file?.Dispose();
            guard.Dispose();
            throw;
        }
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

    public void Append(ReadOnlySpan<byte> line) => _file.Write(line);

    public void Flush() => _file.Flush(flushToDisk: true);

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
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
