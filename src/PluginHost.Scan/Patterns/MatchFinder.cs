using System.Runtime.CompilerServices;

namespace PluginHost.Scan.Patterns;

/// <summary>
/// Finds the matches of all strings in one piece of data. Each pattern has a budget of steps that grows with the data; one that would need more is looked for
/// backwards over all of it once, which takes one step for each byte. Of one thread; it is used for one piece after the other. What runs for each byte is compiled
/// for speed at once: most scans are over before the runtime would get to that.
/// </summary>
internal sealed class MatchFinder(NeedleIndex index, IReadOnlyList<StringMatcher> strings, IReadOnlyList<bool> isPresenceEnough)
{
    /// <summary>How long a match is said to be of which only the place is known.</summary>
    internal const int Unmeasured = 1;

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
    private readonly VariantSearch?[] _searches = new VariantSearch?[strings.Sum(matcher => matcher.Variants.Length)];
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
        foreach (var search in _searches.OfType<VariantSearch>().Where(search => search.IsOver))
        {
            var automaton = new Automaton(((PatternVariant)search.Variant).Backward, isSearch: true, _memory);
            Backwards(automaton, search, data.Span, cancellation);
            _walking = null;
            automaton.Clear();
        }

        var found = new IReadOnlyList<Match>[strings.Count];
        for (var i = 0; i < strings.Count; i++)
        {
            found[i] = Occurrences.Of(strings[i], _searches);
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
        var (distance, bytes) = variant.Rarest;
        for (var at = distance; at < data.Length && !search.IsDone; at++)
        {
            var next = data[at..].IndexOfAny(bytes);
            if (next < 0)
            {
                return;
            }

            at += next;
            Try(variant, search, at - distance, data);
        }
    }

    /// <summary>Looks for a match that begins at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Try(PatternVariant variant, VariantSearch search, int start, ReadOnlySpan<byte> data)
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
    private void Charge(VariantSearch search, int length)
    {
        search.IsOver |= search.Steps > FreeSteps + ((long)StepsPerByte * length);
        if (++_tries > CancellationMask >> 8)
        {
            _tries = 0;
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int EndOf(PatternVariant variant, VariantSearch search, int start, ReadOnlySpan<byte> data)
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
            if (isMatch && at == start && !variant.IsGreedy)
            {
                // As short as it can be is nothing, and nothing is no match.
                break;
            }

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
    private void Backwards(Automaton automaton, VariantSearch search, ReadOnlySpan<byte> data, CancellationToken cancellation)
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
                var isMeasured = search.Steps < most;
                var end = isMeasured ? EndOf(variant, search, at, data) : at + Unmeasured;
                if (end > at)
                {
                    search.Matches.Add(new Match(at, end - at, isMeasured));
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

    private static void Add(VariantSearch search, Match match)
    {
        search.Matches.Add(match);
        search.IsDone = search.IsPresenceEnough || search.Matches.Count >= MaxMatches;
    }

    private VariantSearch SearchOf(Variant variant)
    {
        if (_searches[variant.Number] is not { } search)
        {
            _searches[variant.Number] = search = new VariantSearch { Variant = variant, IsPresenceEnough = isPresenceEnough[variant.String] && strings[variant.String].Jumps.IsEmpty };
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
}
