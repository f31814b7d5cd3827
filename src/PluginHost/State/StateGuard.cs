using System.Globalization;
using PluginHost.Audit;

namespace PluginHost.State;

/// <summary>
/// Compares a state directory with its anchor before anything in it counts, and moves both on. The directory moves first: a crash
/// between the two leaves it newer than its mark, never older.
/// </summary>
internal sealed class StateGuard
{
    private readonly StateRoot _root;
    private readonly IStateAnchor? _anchor;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private AuditPosition _audit;
    private bool _hasLog;
    private DateTimeOffset _latest;

    private StateGuard(StateRoot root, IStateAnchor? anchor, TimeProvider time, AuditPosition audit, DateTimeOffset latest)
    {
        _root = root;
        _anchor = anchor;
        _time = time;
        _audit = audit;
        _latest = latest;
    }

    /// <summary>The latest time that was ever seen.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                var now = _time.GetUtcNow();
                return _latest = now > _latest ? now : _latest;
            }
        }
    }

    /// <summary>How far the clock was found behind the latest time that was seen; zero where it was not.</summary>
    public TimeSpan SetBack { get; private init; }

    /// <exception cref="SkillStateException">The directory is another, older than its mark, or its log was cut.</exception>
    public static StateGuard Open(StateRoot root, IStateAnchor? anchor, TimeProvider time, string shared = "")
    {
        var state = StateGeneration.Read(root.Generation);
        CheckShared(state, shared);
        var mark = anchor is null ? null : Read(anchor);
        if (anchor is not null)
        {
            Check(root, state, mark);
        }

        var now = time.GetUtcNow();
        var guard = new StateGuard(root, anchor, time, Position(mark), state?.Time > now ? state.Time : now) { SetBack = state?.Time > now ? state.Time - now : TimeSpan.Zero };
        if (shared != (state?.Shared ?? ""))
        {
            StateGeneration.Change(root.Generation, guard.Now, unbound => unbound with { Shared = shared });
        }

        guard.Advance();
        return guard;
    }

    /// <summary>Says that the directory counts as it is, whatever the anchor remembers.</summary>
    public static StateMark? Adopt(StateRoot root, IStateAnchor anchor, TimeProvider time)
    {
        StateMark? before;
        try
        {
            before = anchor.Read();
        }
        catch (FormatException)
        {
            before = null;
        }

        new StateGuard(root, anchor, time, Position(null), time.GetUtcNow()) { _hasLog = true }.Advance(resetsTime: true);
        return before;
    }

    /// <summary>Something in the directory changed that must not be undone by an older copy.</summary>
    /// <exception cref="SkillStateException">It cannot be kept.</exception>
    public void Advance() => Advance(resetsTime: false);

    /// <summary>What the files of trust have to be. An anchor knows it better than the directory that they lie in.</summary>
    /// <exception cref="SkillStateException">Neither can be read.</exception>
    public TrustSeals Trust() => TrustOf(_root, _anchor);

    /// <inheritdoc cref="Trust"/>
    public static TrustSeals TrustOf(StateRoot root, IStateAnchor? anchor)
    {
        try
        {
            if (anchor is not null && Read(anchor) is { Trust.Length: > 0 } mark)
            {
                return new TrustSeals(TrustSeal.Parse(mark.Trust), TrustSeal.Parse(mark.TrustNext));
            }

            var state = StateGeneration.Read(root.Generation);
            return new TrustSeals(TrustSeal.Parse(state?.Trust ?? ""), TrustSeal.Parse(state?.TrustNext ?? ""));
        }
        catch (FormatException e)
        {
            throw new SkillStateException("trust-changed", e.Message, e);
        }
    }

    /// <summary>Says what the files of trust are, and what they are going to be.</summary>
    /// <exception cref="SkillStateException">It cannot be kept.</exception>
    public void SealTrust(TrustSeal? now, TrustSeal? next) => StateGeneration.Change(
        _root.Generation,
        Now,
        state => state with { Anchored = state.Anchored || _anchor is not null, Trust = now?.ToString() ?? "", TrustNext = next?.ToString() ?? "" },
        state => Mark(state, sealsTrust: true));

    /// <summary>Says how far the lifecycle journal has come: one that is shorter is refused from now on.</summary>
    /// <exception cref="SkillStateException">It cannot be kept.</exception>
    public void NoteJournal(long sequence, string head) => StateGeneration.Change(
        _root.Generation,
        Now,
        state => state with
        {
            Anchored = state.Anchored || _anchor is not null,
            Journal = Later(state.Journal, sequence, head),
        },
        state => Mark(state, sealsTrust: false, sealsJournal: true));

    /// <summary>Of two processes of one directory the slower one must not take back what the other has seen.</summary>
    private static string Later(string known, long sequence, string head) =>
        long.TryParse(known.Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var before) && before > sequence
            ? known
            : string.Create(CultureInfo.InvariantCulture, $"{sequence}:{head}");

    /// <summary>How far the lifecycle journal has come, as the directory says and as its anchor does.</summary>
    /// <exception cref="SkillStateException">One of them cannot be read.</exception>
    public IEnumerable<string> Journal() => JournalOf(_root, _anchor);

    /// <inheritdoc cref="Journal"/>
    public static IEnumerable<string> JournalOf(StateRoot root, IStateAnchor? anchor) =>
        new[] { StateGeneration.Read(root.Generation)?.Journal, anchor is null ? null : Read(anchor)?.Journal }.OfType<string>().Where(mark => mark.Length > 0).Distinct(StringComparer.Ordinal);

    private void Advance(bool resetsTime) => StateGeneration.Change(
        _root.Generation, Now, state => state with { Anchored = state.Anchored || _anchor is not null }, state => Mark(state, sealsTrust: resetsTime, sealsJournal: resetsTime), resetsTime);

    /// <summary>Moves the anchor on. What it knows of the files of trust stays, whatever the directory says of them, but when they are written.</summary>
    private void Mark(StateGeneration state, bool sealsTrust, bool sealsJournal = false)
    {
        lock (_gate)
        {
            // Whoever keeps no log in the directory leaves the mark of whoever does.
            var before = _anchor is null || (_hasLog && sealsTrust && sealsJournal) ? null : Read(_anchor);
            var audit = _hasLog || _anchor is null ? _audit : Position(before);
            var (trust, next) = sealsTrust || before is not { Trust.Length: > 0 } ? (state.Trust, state.TrustNext) : (before.Trust, before.TrustNext);
            Write(new StateMark(state.Id, state.Generation, audit.Log, audit.Sequence, audit.Head) {
                Trust = trust,
                TrustNext = next,
                Journal = sealsJournal || before is not { Journal.Length: > 0 } ? state.Journal : before.Journal,
            });
        }
    }

    /// <summary>The log has come to a place.</summary>
    public void Reached(AuditPosition position)
    {
        if (_anchor is null)
        {
            return;
        }

        lock (_gate)
        {
            _audit = position;
            _hasLog = true;
        }

        Advance();
    }

    private static AuditPosition Position(StateMark? mark) => new(mark?.AuditLog ?? "", mark?.AuditSequence ?? 0, mark?.AuditHead ?? "");

    private static StateMark? Read(IStateAnchor anchor)
    {
        try
        {
            return anchor.Read();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new SkillStateException("anchor", $"the anchor of the state cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A directory that has shared its state must not be used as if it were alone, and what it did alone is not known to others.</summary>
    /// <exception cref="SkillStateException">It belongs to another shared state, or to none.</exception>
    public static void CheckShared(StateGeneration? state, string shared)
    {
        var known = state?.Shared ?? "";
        if (known != shared && (known.Length > 0 || state?.Journal.Length > 0 || (state is not null && state.Trust.Length > 0 && state.Trust != StateRoot.EmptySeal())))
        {
            throw new SkillStateException("shared", known.Length == 0 ? "the state directory has a life of its own: only a new one can share another's"
                : shared.Length == 0 ? "the state directory shares its state with others, in a database that was not named"
                : "the state directory shares its state with others, in another database");
        }
    }

    private static void Check(StateRoot root, StateGeneration? state, StateMark? mark)
    {
        if (mark is null)
        {
            if (state is { Anchored: true })
            {
                throw new SkillStateException("anchor-missing", "the state was anchored and its anchor has no mark of it: it was lost, or is another's");
            }

            return;
        }

        if (state is null || state.Id != mark.State)
        {
            throw new SkillStateException("foreign", "the state directory is another than the one that was anchored: it was deleted and made again, or exchanged");
        }

        if (state.Generation < mark.Generation)
        {
            throw new SkillStateException("older", $"the state directory is of generation {state.Generation}, older than the anchored {mark.Generation}: it was put back from a copy");
        }

        if (mark.AuditLog.Length > 0 && !Holds(root, mark))
        {
            throw new SkillStateException("audit-cut", $"the audit log '{mark.AuditLog}' does not hold line {mark.AuditSequence} any more, which was anchored: it was cut or removed");
        }
    }

    private static bool Holds(StateRoot root, StateMark mark)
    {
        try
        {
            return Path.GetFileName(mark.AuditLog) == mark.AuditLog
                && AuditTrace.Holds(Path.Combine(root.Audit, mark.AuditLog), new AuditPosition(mark.AuditLog, mark.AuditSequence, mark.AuditHead));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("unreadable", $"the audit log '{mark.AuditLog}' cannot be read: {e.Message}", e);
        }
    }

    private void Write(StateMark mark)
    {
        try
        {
            _anchor?.Write(mark);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new SkillStateException("anchor", $"the anchor of the state cannot be written: {e.Message}", e);
        }
    }
}
