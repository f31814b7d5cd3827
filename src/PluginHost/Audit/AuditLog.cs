using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>
/// The hash-chained log. Each line names the hash of the line before, so that no line can be edited, removed, inserted or
/// moved without breaking the chain from there on. A line is on record before <see cref="Append"/> returns.
/// </summary>
internal sealed class AuditLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IAuditStore _store;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly Utf8JsonWriter _writer;
    private long _sequence;
    private string _head;
    private bool _failed;

    private AuditLog(IAuditStore store, TimeProvider time, long sequence, string head)
    {
        _store = store;
        _time = time;
        _writer = new Utf8JsonWriter(_body);
        _sequence = sequence;
        _head = head;
        Append("segment", writer => writer.WriteString("producer", "pluginhost"));
    }

    /// <summary>Hash of the last line.</summary>
    public string Head
    {
        get
        {
            lock (_gate)
            {
                return _head;
            }
        }
    }

    /// <summary>A log that lives as long as the process.</summary>
    public static AuditLog InMemory(TimeProvider time) => new(new MemoryAuditStore(), time, 0, AuditLine.NoHash);

    /// <summary>Opens or creates a log file. What an earlier process left is verified first and then continued.</summary>
    /// <exception cref="SkillStateException">The file cannot be opened, or it was tampered with.</exception>
    public static AuditLog Open(string path, TimeProvider time)
    {
        var store = FileAuditStore.Open(path, out var report);
        try
        {
            return new AuditLog(store, time, report.LastSequence, report.Head);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Appends a line.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="fields">Writes the fields of the type.</param>
    /// <returns>Its sequence number.</returns>
    /// <exception cref="SkillStateException">It could not be written. Nothing is written after that: an unrecorded effect must not happen.</exception>
    public long Append(string type, Action<Utf8JsonWriter> fields)
    {
        lock (_gate)
        {
            if (_failed)
            {
                throw new SkillStateException("audit-failed", "the audit log could not be written earlier and is closed");
            }

            var sequence = _sequence + 1;
            _body.ResetWrittenCount();
            _body.Write(AuditLine.Context);
            _writer.Reset();
            _writer.WriteStartObject();
            _writer.WriteNumber("v", 1);
            _writer.WriteNumber("seq", sequence);
            Span<char> time = stackalloc char[32];
            _time.GetUtcNow().TryFormat(time, out var length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            _writer.WriteString("time", time[..length]);
            _writer.WriteString("type", type);
            fields(_writer);
            _writer.WriteString("prev", _head);
            _writer.WriteEndObject();
            _writer.Flush();
            if (_body.WrittenCount > AuditLine.MaxBytes - 100)
            {
                throw new InvalidOperationException("a record is longer than a line of the log may be");
            }

            var (line, hash) = AuditLine.Seal(_body.WrittenSpan);
            try
            {
                _store.Append(line);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or ArgumentException)
            {
                _failed = true;
                throw new SkillStateException("audit-failed", "the audit log could not be written", e);
            }

            _sequence = sequence;
            _head = hash;
            return sequence;
        }
    }

    /// <summary>Asks the system to put what was written on the disk.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _store.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            // Whoever comes late is refused, not forgotten.
            _failed = true;
            _store.Dispose();
            _writer.Dispose();
        }
    }
}
