using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>
/// The hash-chained log. Each line names the hash of the line before, so that no line can be edited, removed, inserted or
/// moved without breaking the chain from there on. A line is with the store before an append returns.
/// </summary>
internal sealed class AuditLog : IDisposable
{
    /// <summary>Bytes of records about what has happened already that wait for a store that takes none.</summary>
    private const int MaxOwed = 16 << 20;

    private const int MaxNeighbours = 100;

    /// <summary>Bytes after which the end of a segment is tried again.</summary>
    private const long Pause = 64 * 1024;

    /// <summary>Where the microseconds of a time end.</summary>
    private const int Microseconds = 26;

    /// <summary>Records that wait for somebody who is stuck in the store.</summary>
    private const int MaxLate = 100_000;

    /// <summary>How long a store that is slow may hold up others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IAuditStore _store;
    private readonly TimeProvider _time;
    private readonly AuditSettings _settings;
    private readonly AuditFlusher? _flusher;
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly ArrayBufferWriter<byte> _owed = new(1024);
    private readonly ConcurrentQueue<(string Type, Action<Utf8JsonWriter> Fields)> _late = [];
    private readonly Utf8JsonWriter _writer;
    private byte[] _head;
    private byte[] _next = new byte[AuditLine.HashDigits];
    private long _sequence;
    private long _checkpoint;
    private long _endAt;
    private IReadOnlyList<AuditPosition> _neighbours;
    private volatile string? _closed;
    private bool _isDisposed;

    private AuditLog(IAuditStore store, TimeProvider time, AuditSettings settings, long sequence, string head)
    {
        _store = store;
        _time = time;
        _settings = settings;
        _writer = new Utf8JsonWriter(_body);
        _sequence = _checkpoint = sequence;
        _head = Encoding.ASCII.GetBytes(head);
        _endAt = settings.SegmentBytes;
        _neighbours = store.Neighbours();
        _flusher = settings.Durability == AuditDurability.EachRecord ? null : new AuditFlusher(store, settings);
        try
        {
            Append("segment", static writer => writer.WriteString("producer", "pluginhost"));
            lock (_gate)
            {
                Checkpoint();
                Retain();
            }
        }
        catch
        {
            _flusher?.Dispose();
            throw;
        }
    }

    /// <summary>Hash of the last line.</summary>
    public string Head
    {
        get
        {
            lock (_gate)
            {
                return Encoding.ASCII.GetString(_head);
            }
        }
    }

    /// <summary>Whether it was closed with records that its store did not take.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Where the log ends.</summary>
    public AuditPosition Position
    {
        get
        {
            lock (_gate)
            {
                return new AuditPosition(_store.Name, _sequence, Encoding.ASCII.GetString(_head));
            }
        }
    }

    /// <summary>A log that lives as long as the process.</summary>
    public static AuditLog InMemory(TimeProvider time) => new(new MemoryAuditStore(), time, AuditSettings.Default with { Durability = AuditDurability.EachRecord }, 0, AuditLine.NoHash);

    /// <summary>A log that goes to a sink.</summary>
    public static AuditLog To(IAuditSink sink, TimeProvider time, AuditSettings settings) => To(new MemoryAuditStore(sink), time, settings);

    public static AuditLog To(IAuditStore store, TimeProvider time, AuditSettings settings) => new(store, time, settings, 0, AuditLine.NoHash);

    /// <summary>Opens or creates a log file. What an earlier process left is verified first and then continued.</summary>
    /// <exception cref="SkillStateException">The file cannot be opened, or it was tampered with.</exception>
    public static AuditLog Open(string path, TimeProvider time, AuditSettings? settings = null)
    {
        settings ??= AuditSettings.Default;
        var store = FileAuditStore.Open(path, settings.OwnsFolder, out var sequence, out var head);
        try
        {
            return new AuditLog(store, time, settings, sequence, head);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Appends a line about what is to happen.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="fields">Writes the fields of the type.</param>
    /// <returns>Its sequence number.</returns>
    /// <exception cref="SkillStateException">It could not be written, and an effect without a record must not happen.</exception>
    public long Append(string type, Action<Utf8JsonWriter> fields) => Append(type, fields, out _);

    /// <summary>Appends a line about what is to happen, and tells how long it is.</summary>
    /// <exception cref="SkillStateException">It could not be written, and an effect without a record must not happen.</exception>
    public long Append(string type, Action<Utf8JsonWriter> fields, out int bytes)
    {
        Enter();
        try
        {
            Settle();
            bytes = Seal(type, fields);
            Store(_body.WrittenSpan[AuditLine.Context.Length..]);
            var sequence = Advance();
            Tidy();
            return sequence;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Appends a line about what has happened. Where the store takes none it is kept, in its place in the chain, until the store
    /// does; until then whatever is to happen is refused.
    /// </summary>
    /// <exception cref="SkillStateException">The log is closed, or too much is kept already.</exception>
    public void AppendAfter(string type, Action<Utf8JsonWriter> fields, out int bytes)
    {
        bytes = 0;
        if (!_gate.TryEnter(Patience))
        {
            // Somebody is stuck in the store. Whoever has the log next writes it.
            if (_closed is not null || _late.Count >= MaxLate)
            {
                throw Failed(_closed ?? "the audit log is written too slowly, and no more records can be kept for it");
            }

            _late.Enqueue((type, fields));
            return;
        }

        try
        {
            Begin();
            bytes = After(type, fields);
            Tidy();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Whether the log takes records: what it could not take before it gets now.</summary>
    /// <exception cref="SkillStateException">It does not.</exception>
    public void Check()
    {
        Enter();
        try
        {
            Settle();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Stands for the value of a secret on record: the same for the same value, and no help to whoever guesses it.</summary>
    public string DigestOf(string secret) =>
        "hmac-sha256:" + Convert.ToHexStringLower(HMACSHA256.HashData(_settings.DigestKey, Encoding.UTF8.GetBytes(secret)).AsSpan(0, 16));

    /// <summary>Asks the store to make what was written durable.</summary>
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
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            try
            {
                // What a disk has not taken once is not claimed to be on it.
                if (_closed is null && _flusher?.Fault is null)
                {
                    Catch();
                    Settle();
                    Checkpoint();
                    _store.Flush();
                }
                else
                {
                    HasLost = true;
                }
            }
            catch (Exception e) when (IsFault(e))
            {
                // What could be written is; the chain tells where it ends.
            }

            // Whoever comes late is refused, not forgotten.
            _closed ??= "the audit log is closed";
            HasLost |= _owed.WrittenCount > 0 || !_late.IsEmpty;
            _flusher?.Dispose();
            _store.Dispose();
            _writer.Dispose();
        }
    }

    /// <summary>Whatever a store or an anchor of somebody else's throws.</summary>
    private static bool IsFault(Exception e) => e is not OutOfMemoryException;

    private static SkillStateException Failed(string message, Exception? cause = null) => new("audit-failed", message, cause);

    /// <summary>What a disk did not take may be gone, whatever it says afterwards.</summary>
    private SkillStateException NotDurable(Exception cause)
    {
        _closed = "the audit log could not be made durable and is closed";
        return Failed(_closed, cause);
    }

    private int After(string type, Action<Utf8JsonWriter> fields)
    {
        var length = Seal(type, fields);
        var line = _body.WrittenSpan[AuditLine.Context.Length..];
        if (!TrySettle() || !TryStore(line))
        {
            if (_owed.WrittenCount + line.Length > MaxOwed)
            {
                throw Failed("the audit log takes nothing, and no more records can be kept for it");
            }

            _owed.Write(line);
        }

        Advance();
        return length;
    }

    /// <summary>What came while somebody was stuck in the store.</summary>
    private void Catch()
    {
        while (_late.TryPeek(out var late))
        {
            After(late.Type, late.Fields);
            _late.TryDequeue(out _);
        }
    }

    private void Enter()
    {
        if (!_gate.TryEnter(Patience))
        {
            throw Failed("the audit log is written too slowly");
        }

        try
        {
            Begin();
        }
        catch
        {
            _gate.Exit();
            throw;
        }
    }

    /// <summary>What has to hold before anything is written, and what has to be written before it.</summary>
    private void Begin()
    {
        if (_closed is not null)
        {
            throw Failed(_closed);
        }

        if (_flusher?.Fault is { } fault)
        {
            throw NotDurable(fault);
        }

        Catch();
    }

    private void Leave()
    {
        try
        {
            if (_closed is null)
            {
                Catch();
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Writes the line into the buffer.</summary>
    /// <returns>Its length.</returns>
    private int Seal(string type, Action<Utf8JsonWriter> fields)
    {
        _body.ResetWrittenCount();
        _body.Write(AuditLine.Context);
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteNumber("v", 1);
        _writer.WriteNumber("seq", _sequence + 1);
        Span<byte> time = stackalloc byte[40];
        _time.GetUtcNow().UtcDateTime.TryFormat(time, out _, "O", CultureInfo.InvariantCulture);
        time[Microseconds] = (byte)'Z';
        _writer.WriteString("time"u8, time[..(Microseconds + 1)]);
        _writer.WriteString("type", type);
        fields(_writer);
        _writer.WriteString("prev"u8, _head);
        _writer.Flush();
        AuditLine.Seal(_body, _next);
        var length = _body.WrittenCount - AuditLine.Context.Length;
        return length <= AuditLine.MaxBytes ? length : throw new InvalidOperationException("a record is longer than a line of the log may be");
    }

    /// <summary>The line that was sealed is the last one now.</summary>
    private long Advance()
    {
        (_head, _next) = (_next, _head);
        return ++_sequence;
    }

    private void Store(ReadOnlySpan<byte> lines)
    {
        try
        {
            _store.Append(lines);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw Failed("the audit log could not be written", e);
        }

        try
        {
            if (_flusher is { } flusher)
            {
                flusher.Wrote();
            }
            else
            {
                _store.Flush();
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            throw NotDurable(e);
        }
    }

    /// <summary>What is told elsewhere of the log must be on the disk before.</summary>
    private void Flushed()
    {
        try
        {
            _store.Flush();
        }
        catch (Exception e) when (IsFault(e))
        {
            throw NotDurable(e);
        }
    }

    private bool TryStore(ReadOnlySpan<byte> lines)
    {
        try
        {
            Store(lines);
            return true;
        }
        catch (SkillStateException)
        {
            return false;
        }
    }

    /// <summary>Writes what is owed.</summary>
    private void Settle()
    {
        if (_owed.WrittenCount > 0)
        {
            Store(_owed.WrittenSpan);
            _owed.ResetWrittenCount();
        }
    }

    private bool TrySettle()
    {
        if (_owed.WrittenCount > 0 && !TryStore(_owed.WrittenSpan))
        {
            return false;
        }

        _owed.ResetWrittenCount();
        return true;
    }

    /// <summary>Ends a segment that is full, and signs how far the log goes. None of it is about an effect, so it may fail and is tried again.</summary>
    private void Tidy()
    {
        if (_owed.WrittenCount > 0)
        {
            return;
        }

        try
        {
            if (_store.SegmentBytes >= _endAt)
            {
                EndSegment();
            }
            else if (_sequence - _checkpoint >= _settings.CheckpointRecords)
            {
                Checkpoint();
            }
        }
        catch (Exception e) when (e is SkillStateException || IsFault(e))
        {
            // The next record finds out whether the store takes any.
        }
    }

    private void EndSegment()
    {
        // Where there is no room for the next one, it is not tried again with every record.
        _endAt = _store.SegmentBytes + Pause;
        Flushed();
        if (_store.EndSegment())
        {
            _endAt = _settings.SegmentBytes;
            Own("segment", static writer => writer.WriteString("producer", "pluginhost"));

            // The mark of an anchor moves into the new segment before any old one may go.
            Checkpoint();
            Retain();
        }
    }

    private void Own(string type, Action<Utf8JsonWriter> fields)
    {
        Seal(type, fields);
        Store(_body.WrittenSpan[AuditLine.Context.Length..]);
        Advance();
    }

    private void Checkpoint()
    {
        var position = new AuditPosition(_store.Name, _sequence, Encoding.ASCII.GetString(_head));
        if (_settings.Signer is { } signer && _checkpoint != _sequence)
        {
            var note = signer.Sign(position);
            Own("checkpoint", writer =>
            {
                writer.WriteNumber("size", position.Sequence);
                writer.WriteString("head", position.Head);
                writer.WriteString("note", note);
                writer.WriteStartArray("others");
                foreach (var other in _neighbours.Take(MaxNeighbours))
                {
                    writer.WriteStartObject();
                    writer.WriteString("log", other.Log);
                    writer.WriteNumber("size", other.Sequence);
                    writer.WriteString("head", other.Head);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            _neighbours = [];
            _checkpoint = _sequence;
            Flushed();
            _store.Publish(note);
        }
        else if (_settings.Checkpointed is not null)
        {
            Flushed();
        }

        _checkpoint = _sequence;
        _settings.Checkpointed?.Invoke(position);
    }

    /// <summary>Removes finished segments that are too old or too much, each on record first, so that what is left verifies.</summary>
    private void Retain()
    {
        if (_settings is { RetainBytes: null, RetainFor: null })
        {
            return;
        }

        var finished = _store.Finished();
        var bytes = finished.Sum(segment => segment.Bytes);
        foreach (var segment in finished)
        {
            var isOld = _settings.RetainFor is { } span && _time.GetUtcNow() - segment.Ended > span;
            if (!isOld && !(bytes > _settings.RetainBytes))
            {
                return;
            }

            bytes -= segment.Bytes;
            try
            {
                Remove(segment);
            }
            catch (Exception e) when (IsFault(e))
            {
                // It is damaged, another process has removed it, or it stays until the next time.
            }
        }
    }

    private void Remove(AuditSegment segment)
    {
        var (sequence, head) = SegmentEnd.Of(segment.Path) ?? (0, "");
        var before = _store.RemovedBy(segment);
        Own("lifecycle", writer =>
        {
            writer.WriteString("event", "retention");
            writer.WriteString("segment", System.IO.Path.GetFileName(segment.Path));
            writer.WriteNumber("last", sequence);
            writer.WriteString("head", head);
            writer.WriteStartArray("before");
            foreach (var name in before)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        });
        Flushed();
        _store.Remove(segment);
    }
}
