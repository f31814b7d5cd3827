using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>
/// The hash-chained log. Each line names the hash of the line before, so that no line can be edited, removed, inserted or
/// moved without breaking the chain from there on. A line is with the store before an append returns.
/// </summary>
internal sealed partial class AuditLog : IDisposable
{
    /// <summary>Bytes of records about what has happened already that wait for a store that takes none.</summary>
    private const int MaxOwed = 16 << 20;


    /// <summary>Records that wait for somebody who is stuck in the store.</summary>
    private const int MaxLate = 100_000;

    /// <summary>How long a store that is slow may hold up others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IAuditStore _store;
    private readonly TimeProvider _time;
    private readonly AuditSettings _settings;
    private readonly AuditFlusher? _flusher;
    private readonly AuditChain _chain;
    private readonly ArrayBufferWriter<byte> _owed = new(1024);
    private readonly ConcurrentQueue<(string Type, Action<Utf8JsonWriter> Fields)> _late = [];
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
        _chain = new AuditChain(time, sequence, head);
        _checkpoint = sequence;
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
                return _chain.Head;
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
                return new AuditPosition(_store.Name, _chain.Sequence, _chain.Head);
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
            bytes = _chain.Seal(type, fields);
            Store(_chain.Line);
            var sequence = _chain.Advance();
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
            _chain.Dispose();
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
        var length = _chain.Seal(type, fields);
        var line = _chain.Line;
        if (!TrySettle() || !TryStore(line))
        {
            if (_owed.WrittenCount + line.Length > MaxOwed)
            {
                throw Failed("the audit log takes nothing, and no more records can be kept for it");
            }

            _owed.Write(line);
        }

        _chain.Advance();
        return length;
    }

    /// <summary>What came while somebody was stuck in the store.</summary>
    private void Catch()
    {
        while (!_late.IsEmpty && _late.TryPeek(out var late))
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
}
