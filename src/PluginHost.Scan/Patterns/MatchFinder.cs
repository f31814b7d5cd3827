using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>
/// Finds the matches of all strings in one piece of data. Each pattern has a budget of steps that grows with the data; one that would need more is looked for
/// backwards over all of it once, which takes one step for each byte. Of one thread; it is used for one piece after the other. What runs for each byte is compiled
/// for speed at once: most scans are over before the runtime would get to that.
/// </summary>
internal sealed class MatchFinder(NeedleIndex index, IReadOnlyList<StringMatcher> strings, IReadOnlyList<bool> isPresenceEnough)
{
    /// <summary>How long a match is said to be of which only the place is known.</summary>
    private const int Unmeasured = 1;

    private const int MaxMatches = 1_000_000;
    private const int StepsPerByte = 16;
    private const long FreeSteps = 2_000_000;

    /// <summary>Once a pattern is looked for backwards, how many steps more are spent on finding out where its matches end.</summary>
    private const int EndStepsPerByte = 16;
    private const long FreeEndSteps = 50_000_000;
    private const long MostKept = 32 * 1024 * 1024;
    private const int CancellationMask = (1 << 20) - 1;
    private readonly Dictionary<Program, Automaton> _automata = [];
    private readonly AutomatonMemory _memory = new();
    private readonly Search?[] _searches = new Search?[strings.Sum(matcher => matcher.Variants.Length)];
    private CancellationToken _cancellation;
    private Automaton? _walking;
    private int _tries;
    private readonly PatternVariant[] _everywhere = [.. strings.SelectMany(matcher => matcher.Variants).OfType<PatternVariant>().Where(variant => !variant.Needles.Any())];

    /// <summary>Whether it keeps little enough to be kept itself.</summary>
    public bool IsLight => _memory.Bytes <= MostKept;

    /// <summary>Matches of each string, in the order of their places.</summary>
    /// <param name="data">What is scanned.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<Match>[] Find(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        Array.Clear(_searches);
        _cancellation = cancellation;
        index.Find(data.Span, (needle, at) => Meet(needle, at, data.Span));
        foreach (var variant in _everywhere)
        {
            cancellation.ThrowIfCancellationRequested();
            FindEverywhere(variant, data.Span);
        }

        cancellation.ThrowIfCancellationRequested();
        foreach (var search in _searches.OfType<Search>().Where(search => search.IsOver))
        {
            var automaton = new Automaton(((PatternVariant)search.Variant).Backward, isSearch: true, _memory);
            Backwards(automaton, search, data.Span, cancellation);
            _walking = null;
            automaton.Clear();
        }

        var found = new IReadOnlyList<Match>[strings.Count];
        for (var i = 0; i < strings.Count; i++)
        {
            found[i] = strings[i].Jumps.IsEmpty ? Merge(strings[i]) : Chain(strings[i]);
        }

        Array.Clear(_searches);
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Meet(Needle needle, int at, ReadOnlySpan<byte> data)
    {
        var search = SearchOf(needle.Variant);
        if (search.IsDone)
        {
            return;
        }

        if (needle.Variant is LiteralVariant literal)
        {
            if (literal.At(data, at - needle.Shift) is { } match)
            {
                Add(search, match);
            }

            return;
        }

        var variant = (PatternVariant)needle.Variant;
        if (variant.Before[needle.Shift] is not { } before)
        {
            Try(variant, search, at, data);
            return;
        }

        // Back over what stands before the text, to every place where a match may begin.
        var automaton = search.Before[needle.Shift] ??= AutomatonOf(before);
        Trim(automaton);
        _walking = automaton;
        var state = automaton.Start(false, false);
        for (var start = at; ; start--)
        {
            var next = automaton.Step(state, start == 0 ? automaton.End : automaton.ClassOf(data[start - 1]), out var isStart);
            search.Steps++;
            if (isStart && search.TryFirst(start))
            {
                Try(variant, search, start, data);
            }

            if (next < 0 || start == 0 || at - start >= PatternVariant.MaxLength || search.IsDone)
            {
                _walking = null;
                Charge(search, data.Length);
                return;
            }

            state = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindEverywhere(PatternVariant variant, ReadOnlySpan<byte> data)
    {
        var search = SearchOf(variant);
        for (var start = 0; start < data.Length && !search.IsDone; start++)
        {
            var next = data[start..].IndexOfAny(variant.First);
            if (next < 0)
            {
                return;
            }

            start += next;
            Try(variant, search, start, data);
        }
    }

    /// <summary>Looks for a match that begins at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Try(PatternVariant variant, Search search, int start, ReadOnlySpan<byte> data)
    {
        if (search.IsDone)
        {
            return;
        }

        if (EndOf(variant, search, start, data) is >= 0 and var end)
        {
            Add(search, new Match(start, end - start));
        }

        Charge(search, data.Length);
    }

    /// <summary>Holds a search to its budget.</summary>
    private void Charge(Search search, int length)
    {
        search.IsOver |= search.Steps > FreeSteps + ((long)StepsPerByte * length);
        if (++_tries > CancellationMask >> 8)
        {
            _tries = 0;
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int EndOf(PatternVariant variant, Search search, int start, ReadOnlySpan<byte> data)
    {
        var automaton = search.Forward ??= AutomatonOf(variant.Forward);
        Trim(automaton);
        var state = automaton.Start(start > 0 && ByteSet.Word.Has(data[start - 1]), start == 0);
        var last = Math.Min(data.Length, start + PatternVariant.MaxLength);
        var end = -1;
        var at = start;
        while (true)
        {
            // Most bytes lead on without a match, or nowhere.
            state = automaton.Run(state, data, ref at, last);
            if (state < 0)
            {
                break;
            }

            var next = automaton.Step(state, at == data.Length ? automaton.End : automaton.ClassOf(data[at]), out var isMatch);
            if (isMatch && at > start && variant.CanBe(data, start, at))
            {
                end = at;
                if (!variant.IsGreedy)
                {
                    break;
                }
            }

            if (next < 0 || at >= last)
            {
                break;
            }

            state = next;
            at++;
        }

        search.Steps += at - start + 1;
        return end;
    }

    /// <summary>
    /// Finds all places where a match begins in one walk from the end to the start, however the pattern behaves. Where each ends is looked for as long as
    /// there are steps for that; after those a place stands for a match.
    /// </summary>
    private void Backwards(Automaton automaton, Search search, ReadOnlySpan<byte> data, CancellationToken cancellation)
    {
        search.Matches.Clear();
        var variant = (PatternVariant)search.Variant;
        var most = search.Steps + FreeEndSteps + ((long)EndStepsPerByte * data.Length);
        FreeOthers(automaton);
        _walking = automaton;
        var state = automaton.Start(false, isStart: true);
        for (var at = data.Length; ; at--)
        {
            var next = automaton.Step(state, at == 0 ? automaton.End : automaton.ClassOf(data[at - 1]), out var isStart);
            if (isStart && at < data.Length)
            {
                var end = search.Steps < most ? EndOf(variant, search, at, data) : at + Unmeasured;
                if (end > at)
                {
                    search.Matches.Add(new Match(at, end - at));
                }

                if (search.Matches.Count >= MaxMatches || (search.IsPresenceEnough && search.Matches.Count > 0))
                {
                    return;
                }
            }

            if (at == 0)
            {
                return;
            }

            state = next;
            if (automaton.IsFull)
            {
                state = automaton.ClearBut(state);
            }

            if ((at & CancellationMask) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private List<Match> Merge(StringMatcher matcher)
    {
        var lists = matcher.Variants.Select(variant => _searches[variant.Number]).OfType<Search>().Select(search => search.Matches).Where(matches => matches.Count > 0).ToList();
        if (lists.Count == 0)
        {
            return [];
        }

        // Two forms at one place are one match, the longer one.
        var all = lists.SelectMany(matches => matches).ToArray();
        Array.Sort(all, static (x, y) => x.Offset != y.Offset ? x.Offset.CompareTo(y.Offset) : y.Length.CompareTo(x.Length));
        var kept = new List<Match>(all.Length);
        foreach (var match in all)
        {
            if (kept.Count == 0 || kept[^1].Offset != match.Offset)
            {
                kept.Add(match);
            }
        }

        return kept;
    }

    /// <summary>Matches of a hex string whose pieces stand within their jumps of each other.</summary>
    private List<Match> Chain(StringMatcher matcher)
    {
        var pieces = matcher.Variants.Select(variant => _searches[variant.Number] is { } search ? search.Matches.OrderBy(match => match.Offset).ThenByDescending(match => match.Length).ToArray() : []).ToArray();
        var isMeasured = matcher.Variants.Select(variant => _searches[variant.Number] is not { IsOver: true }).ToArray();

        // From the last piece to the first: those that something follows, and where the whole ends.
        var followed = pieces[^1].Select(match => (match.Offset, End: match.Offset + match.Length)).ToList();
        for (var i = pieces.Length - 2; i >= 0; i--)
        {
            var (min, max) = matcher.Jumps[i + 1];
            var offsets = CollectionsMarshal.AsSpan(followed).ToArray();
            followed = [];
            foreach (var match in pieces[i])
            {
                var from = (long)match.Offset + match.Length + min;
                var at = Array.BinarySearch(offsets, ((int)Math.Min(from, int.MaxValue), 0), Comparer<(int Offset, int End)>.Create(static (x, y) => x.Offset.CompareTo(y.Offset)));
                at = at < 0 ? ~at : at;

                // Where it ends nobody could find out, it may end anywhere: rather a match too many than one that padding takes away.
                var length = isMeasured[i] || match.Length != Unmeasured ? match.Length : PatternVariant.MaxLength;
                if (at < offsets.Length && (max is null || offsets[at].Offset <= (long)match.Offset + length + max))
                {
                    followed.Add((match.Offset, offsets[at].End));
                }
            }
        }

        return [.. followed.DistinctBy(match => match.Offset).Select(match => new Match(match.Offset, match.End - match.Offset))];
    }

    private static void Add(Search search, Match match)
    {
        search.Matches.Add(match);
        search.IsDone = search.IsPresenceEnough || search.Matches.Count >= MaxMatches;
    }

    private Search SearchOf(Variant variant)
    {
        if (_searches[variant.Number] is not { } search)
        {
            _searches[variant.Number] = search = new Search { Variant = variant, IsPresenceEnough = isPresenceEnough[variant.String] && strings[variant.String].Jumps.IsEmpty };
        }

        return search;
    }

    private Automaton AutomatonOf(Program program)
    {
        if (!_automata.TryGetValue(program, out var automaton))
        {
            _automata[program] = automaton = new Automaton(program, isSearch: false, _memory);
        }

        return automaton;
    }

    /// <summary>Between two walks states can be forgotten.</summary>
    private void Trim(Automaton automaton)
    {
        FreeOthers(automaton);
        if (automaton.IsFull && automaton != _walking)
        {
            automaton.Clear();
        }
    }

    /// <summary>What other automata keep gives way once all of them together keep too much: else the one that runs would have to begin anew at each byte.</summary>
    private void FreeOthers(Automaton automaton)
    {
        if (!_memory.IsFull)
        {
            return;
        }

        foreach (var other in _automata.Values.Where(other => other != automaton && other != _walking))
        {
            other.Clear();
        }
    }

    /// <summary>The search for one form of a string.</summary>
    private sealed class Search
    {
        // Twice as far as a match reaches.
        private const int Window = 2 * PatternVariant.MaxLength;

        private readonly ulong[] _tried = new ulong[Window / 64];
        private int _edge = -1;
        private bool _isDone;
        private bool _isOver;

        public required Variant Variant { get; init; }

        public Automaton? Forward { get; set; }

        public Automaton?[] Before => field ??= new Automaton?[Variant is PatternVariant pattern ? pattern.Before.Length : 0];

        /// <summary>Whether one match is as good as all.</summary>
        public required bool IsPresenceEnough { get; init; }

        public List<Match> Matches { get; } = [];

        /// <summary>Whether a place was not tried yet; it counts as tried from now on. Texts are met in their order, so that what lies far behind is not asked for again.</summary>
        public bool TryFirst(int place)
        {
            if (place - _edge >= Window)
            {
                Array.Clear(_tried);
                _edge = place;
            }

            for (; _edge < place; _edge++)
            {
                _tried[((_edge + 1) & (Window - 1)) >> 6] &= ~(1UL << (_edge + 1));
            }

            if (_edge - place >= Window)
            {
                return true;
            }

            ref var word = ref _tried[(place & (Window - 1)) >> 6];
            var isFirst = (word >> place & 1) == 0;
            word |= 1UL << place;
            return isFirst;
        }

        public long Steps { get; set; }

        /// <summary>Whether its budget is used up.</summary>
        public bool IsOver
        {
            get => _isOver;
            set => (_isOver, _isDone) = (value, _isDone || value);
        }

        /// <summary>Whether it goes on.</summary>
        public bool IsDone
        {
            get => _isDone;
            set => _isDone = value;
        }
    }
}
