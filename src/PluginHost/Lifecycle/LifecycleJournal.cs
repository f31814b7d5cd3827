using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PluginHost.Audit;

namespace PluginHost.Lifecycle;

/// <summary>
/// The truth about the life of every version: a hash-chained journal that is only ever appended to, by any process that shares it. What it says is
/// asked on every load and at the start of every call; where it cannot be read, nothing runs.
/// </summary>
internal sealed class LifecycleJournal : IDisposable
{
    private const string Rule = "journal";

    /// <summary>A question that took longer has to be answered for others, too: each of them would wait as long.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(200);

    /// <summary>For this long.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMilliseconds(500);

    private readonly IJournalStore _store;
    private readonly TimeProvider _time;
    private readonly Func<OperatorKeys> _operators;
    private readonly IJournalMark _mark;
    private readonly Lock _gate = new();
    private readonly byte[] _scratch = new byte[AuditLine.MaxBytes + 64];
    private volatile LifecycleView _view = LifecycleView.Empty;
    private long _position;
    private long _sequence;
    private string _head = AuditLine.NoHash;
    private volatile bool _isBroken;
    private bool _isToBeNoted;

    /// <summary>Why it could not be read, where finding that out took long.</summary>
    private volatile Failure? _failure;

    /// <param name="store">Where its lines are.</param>
    /// <param name="time">The clock of its lines.</param>
    /// <param name="operators">Who may lift a quarantine.</param>
    /// <param name="mark">Remembers how far it has come.</param>
    /// <exception cref="SkillStateException">It is missing, cut or edited.</exception>
    public LifecycleJournal(IJournalStore store, TimeProvider time, Func<OperatorKeys> operators, IJournalMark mark)
    {
        _store = store;
        _time = time;
        _operators = operators;
        _mark = mark;
        try
        {
            var reached = mark.Read();
            lock (_gate)
            {
                Advance(reached);
            }

            NoteReading();
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Raised after the view has changed, by whoever found that out.</summary>
    public event Action? Changed;

    /// <summary>What it comes to now.</summary>
    /// <exception cref="SkillStateException">It cannot be read any more, or was tampered with.</exception>
    public LifecycleView View => _isBroken || _store.HasMoved(Volatile.Read(ref _position)) ? Refresh() : _view;

    /// <summary>Reads what others have written.</summary>
    /// <exception cref="SkillStateException">It cannot be read any more, or was tampered with.</exception>
    public LifecycleView Refresh()
    {
        LifecycleView before, after;
        _failure?.Throw();
        lock (_gate)
        {
            // Whoever waited for somebody who learned that it does not answer has waited enough.
            _failure?.Throw();
            var began = Stopwatch.GetTimestamp();
            try
            {
                before = _view;
                Advance([]);
                after = _view;
            }
            catch (SkillStateException e)
            {
                _failure = Stopwatch.GetElapsedTime(began) > Long ? new Failure(e, Stopwatch.GetTimestamp()) : null;
                throw;
            }
        }

        // What was decided stops first; an anchor may take its time.
        if (after != before)
        {
            Changed?.Invoke();
        }

        NoteReading();
        return after;
    }

    /// <summary>Waits until somebody may have written, or for a while.</summary>
    public void Wait(TimeSpan time, CancellationToken cancellation) => _store.Wait(Volatile.Read(ref _position), time, cancellation);

    /// <summary>Writes what happens to a version, in turn with others. It is on disk once this returns.</summary>
    /// <param name="change">Says what happens, of what the journal says now; null for nothing.</param>
    /// <param name="before">Done just before it is written; what it throws leaves everything as it is.</param>
    /// <returns>The line; null where nothing happens.</returns>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public LifecycleRecord? Change(Func<LifecycleView, LifecycleChange?> change, Action<LifecycleChange>? before = null)
    {
        LifecycleRecord? written = null;
        var known = _view;
        try
        {
            lock (_gate)
            {
                using (_store.Turn())
                {
                    Advance([]);
                    if (change(_view) is not { } made)
                    {
                        return null;
                    }

                    var line = Sealed(made);
                    var record = LifecycleLine.Read(line.AsMemory(0, line.Length - 1))!;
                    var after = _view.After(record, Lifts);
                    before?.Invoke(made);
                    _store.Append(ref _position, line, made);
                    (_sequence, _head, _view) = (record.Sequence, record.Hash, after);
                    written = record;
                    if (!_mark.NotesReading)
                    {
                        _mark.Write(_sequence, _head);
                    }
                }
            }
        }
        finally
        {
            // What was decided counts, by others, too, and even where its mark could not be written.
            if (_view != known)
            {
                Changed?.Invoke();
            }
        }

        if (written is null)
        {
            return null;
        }

        // Among machines no longer in turn: an anchor that hangs on one must not keep the others from deciding. What is read next is noted, too.
        if (_mark.NotesReading)
        {
            _mark.Write(written.Sequence, written.Hash);
        }

        return written;
    }

    public void Dispose() => _store.Dispose();

    private byte[] Sealed(LifecycleChange change)
    {
        using var chain = new AuditChain(_time, _sequence, _head);
        try
        {
            chain.Seal(LifecycleLine.Type, writer => LifecycleLine.Write(writer, change));
            return chain.Line.ToArray();
        }
        catch (InvalidOperationException e)
        {
            throw new SkillStateException(Rule, $"what happens to '{change.Skill}' {change.Version} takes more room than a line of the lifecycle journal has", e);
        }
    }

    /// <summary>Reads on, and verifies every line.</summary>
    /// <param name="reached">Lines that it has to have.</param>
    private void Advance(IReadOnlyList<(long Sequence, string Head)> reached)
    {
        try
        {
            var position = _position;
            ReadOnlyMemory<byte> lines = _store.Read(ref position);
            _failure = null;
            if (lines.Length == 0 && reached.Count == 0)
            {
                _isBroken = false;
                return;
            }

            var (view, sequence, head) = (_view, _sequence, _head);
            var missing = reached.ToHashSet();
            for (int end; (end = lines.Span.IndexOf((byte)'\n')) >= 0; lines = lines[(end + 1)..])
            {
                (sequence, head) = Next(lines.Span[..end], sequence, head);
                missing.Remove((sequence, head));
                if (LifecycleLine.Read(lines[..end]) is { } record)
                {
                    view = view.After(record, Lifts);
                }
            }

            if (missing.Count > 0)
            {
                throw new FormatException($"the lifecycle journal does not hold line {missing.First().Sequence} any more, which was written: it was cut or put back from a copy");
            }

            var isNew = sequence > _sequence;
            (_view, _sequence, _head) = (view, sequence, head);
            Volatile.Write(ref _position, position);
            _isBroken = false;
            _isToBeNoted |= isNew && _mark.NotesReading;
        }
        catch (FormatException e)
        {
            _isBroken = true;
            throw new SkillStateException(Rule, e.Message, e);
        }
        catch (SkillStateException)
        {
            _isBroken = true;
            throw;
        }
    }

    /// <summary>So that a copy which is put back later is noticed here, too. Where it cannot be noted just now, what was read counts all the same.</summary>
    private void NoteReading()
    {
        long sequence;
        string head;
        lock (_gate)
        {
            if (!_isToBeNoted)
            {
                return;
            }

            (_isToBeNoted, sequence, head) = (false, _sequence, _head);
        }

        try
        {
            _mark.Write(sequence, head);
        }
        catch (SkillStateException)
        {
            // The next line is the next try.
        }
    }

    /// <summary>Who may lift a quarantine is asked for where somebody does: a trust store that cannot be read has its own room to say so.</summary>
    private bool Lifts(LifecycleRecord held, LifecycleRecord record) => record.Change.Evidence.ContainsKey(LifecycleEvidence.Release) && _operators().Lifts(held, record);

    private (long Sequence, string Head) Next(ReadOnlySpan<byte> line, long sequence, string head)
    {
        if (line.Length >= AuditLine.MaxBytes || !AuditLine.TryOpen(line, _scratch, out var written, out var holds) || !holds)
        {
            throw new FormatException($"line {sequence + 1} of the lifecycle journal was edited");
        }

        var record = Record(line);
        return record.Version == 1 && record.Sequence == sequence + 1 && record.Previous.SequenceEqual(Encoding.ASCII.GetBytes(head))
            ? (record.Sequence, Encoding.ASCII.GetString(written))
            : throw new FormatException($"line {sequence + 1} of the lifecycle journal does not follow the one before it");
    }

    private static AuditRecord Record(ReadOnlySpan<byte> line)
    {
        try
        {
            return AuditRecord.Read(line);
        }
        catch (JsonException e)
        {
            throw new FormatException("a line of the lifecycle journal is no JSON", e);
        }
    }

    /// <summary>Why it could not be read, and when that was found out.</summary>
    private sealed record Failure(SkillStateException Error, long At)
    {
        /// <summary>Says it again, where it is not long ago.</summary>
        public void Throw()
        {
            if (Stopwatch.GetElapsedTime(At) < Memory)
            {
                throw new SkillStateException(Error.Code[(Error.Code.IndexOf('.', StringComparison.Ordinal) + 1)..], Error.Message, Error);
            }
        }
    }
}
