using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>Looks for all texts of all rules at once (Aho and Corasick), a table look-up for each byte. Immutable.</summary>
internal sealed class NeedleIndex
{
    private const int MaxStates = 2_000_000;
    private const int Found = int.MinValue;
    private const int Lanes = 4;
    private const int Lane = 4 * 1024;
    private readonly byte[] _classes = new byte[256];
    private readonly int _count;
    private readonly int _longest;
    private readonly int[] _next;
    private readonly Needle[][] _found;

    /// <exception cref="YaraException">There are too many texts.</exception>
    public NeedleIndex(IReadOnlyCollection<Needle> needles)
    {
        _count = Classify(needles);
        _longest = needles.Select(needle => needle.Text.Length).DefaultIfEmpty().Max();
        var next = new List<int>();
        var own = new List<List<Needle>>();
        AddState();
        foreach (var needle in needles)
        {
            var state = 0;
            foreach (var value in needle.Text)
            {
                var at = (state * _count) + _classes[value];
                if (next[at] == 0)
                {
                    next[at] = AddState();
                }

                state = next[at];
            }

            own[state].Add(needle);
        }

        _found = new Needle[own.Count][];
        _next = Complete([.. next], own);

        int AddState()
        {
            if (own.Count >= MaxStates)
            {
                throw new YaraException("rules", 1, "there are too many strings");
            }

            own.Add([]);
            next.AddRange(Enumerable.Repeat(0, _count));
            return own.Count - 1;
        }
    }

    /// <summary>Finds every place of every text.</summary>
    /// <param name="data">What is scanned.</param>
    /// <param name="found">Is told of each, in the order of their ends: the text, and where it begins.</param>
    public void Find(ReadOnlySpan<byte> data, Action<Needle, int> found)
    {
        var (state, done) = (0, 0);
        if (data.Length >= Lanes * Lane)
        {
            var ends = new long[Lanes * Lane];
            for (; data.Length - done >= Lanes * Lane; done += Lanes * Lane)
            {
                state = Block(data, done, state, ends, found);
            }
        }

        for (; done < data.Length; done++)
        {
            state = Step(state, data[done]);
            if (state < 0)
            {
                Tell(data, state, done + 1, found);
            }
        }
    }

    /// <summary>
    /// Four pieces of a block at once. Each look-up waits for the one before it in its piece; those of other pieces do not, and fill the time. What a
    /// state knows of the bytes before is as long as the longest text, so a piece can begin anywhere.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Block(ReadOnlySpan<byte> data, int start, int state, long[] ends, Action<Needle, int> found)
    {
        ref var next = ref MemoryMarshal.GetArrayDataReference(_next);
        ref var classes = ref MemoryMarshal.GetArrayDataReference(_classes);
        ref var bytes = ref Unsafe.Add(ref MemoryMarshal.GetReference(data), start);
        ref var places = ref MemoryMarshal.GetArrayDataReference(ends);
        var (state0, state1, state2, state3) = (state, Before(data, start + Lane), Before(data, start + (2 * Lane)), Before(data, start + (3 * Lane)));
        var (count0, count1, count2, count3) = (0, Lane, 2 * Lane, 3 * Lane);
        for (var i = 0; i < Lane; i++)
        {
            state0 = Unsafe.Add(ref next, (state0 & int.MaxValue) + Unsafe.Add(ref classes, Unsafe.Add(ref bytes, i)));
            state1 = Unsafe.Add(ref next, (state1 & int.MaxValue) + Unsafe.Add(ref classes, Unsafe.Add(ref bytes, i + Lane)));
            state2 = Unsafe.Add(ref next, (state2 & int.MaxValue) + Unsafe.Add(ref classes, Unsafe.Add(ref bytes, i + (2 * Lane))));
            state3 = Unsafe.Add(ref next, (state3 & int.MaxValue) + Unsafe.Add(ref classes, Unsafe.Add(ref bytes, i + (3 * Lane))));
            if ((state0 | state1 | state2 | state3) < 0)
            {
                // Written always, counted where it is one.
                Unsafe.Add(ref places, count0) = Place(state0, i);
                Unsafe.Add(ref places, count1) = Place(state1, i);
                Unsafe.Add(ref places, count2) = Place(state2, i);
                Unsafe.Add(ref places, count3) = Place(state3, i);
                count0 += (int)((uint)state0 >> 31);
                count1 += (int)((uint)state1 >> 31);
                count2 += (int)((uint)state2 >> 31);
                count3 += (int)((uint)state3 >> 31);
            }
        }

        Tell(data, ends.AsSpan(0, count0), start, found);
        Tell(data, ends.AsSpan(Lane, count1 - Lane), start + Lane, found);
        Tell(data, ends.AsSpan(2 * Lane, count2 - (2 * Lane)), start + (2 * Lane), found);
        Tell(data, ends.AsSpan(3 * Lane, count3 - (3 * Lane)), start + (3 * Lane), found);
        return state3;
    }

    private static long Place(int state, int offset) => ((long)state << 32) | (uint)offset;

    /// <summary>What is known at a place, from as much as can matter of what is before it.</summary>
    private int Before(ReadOnlySpan<byte> data, int place)
    {
        var state = 0;
        foreach (var value in data[Math.Max(0, place - _longest)..place])
        {
            state = Step(state, value);
        }

        return state;
    }

    /// <summary>States stand in the table as where their row begins; the sign says that a text ends there.</summary>
    private int Step(int state, byte value) => _next[(state & int.MaxValue) + _classes[value]];

    private void Tell(ReadOnlySpan<byte> data, ReadOnlySpan<long> places, int start, Action<Needle, int> found)
    {
        foreach (var place in places)
        {
            Tell(data, (int)(place >> 32), start + (int)place + 1, found);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tell(ReadOnlySpan<byte> data, int state, int end, Action<Needle, int> found)
    {
        foreach (var needle in _found[(state & int.MaxValue) / _count])
        {
            var start = end - needle.Text.Length;
            if (needle.StandsAt(data, start))
            {
                found(needle, start);
            }
        }
    }

    private int Classify(IEnumerable<Needle> needles)
    {
        var used = needles.SelectMany(needle => needle.Text).Distinct().Order().ToList();
        for (var i = 0; i < used.Count; i++)
        {
            _classes[used[i]] = (byte)Math.Min(i + 1, 255);
        }

        // Where all bytes are used, none is left for those that are not.
        if (used.Count == 256)
        {
            for (var i = 0; i < 256; i++)
            {
                _classes[i] = (byte)i;
            }
        }

        for (var letter = 'A'; letter <= 'Z'; letter++)
        {
            _classes[letter] = _classes[letter + 32];
        }

        return Math.Min(used.Count + 1, 256);
    }

    private int[] Complete(int[] next, List<List<Needle>> own)
    {
        var fallback = new int[own.Count];
        var queue = new Queue<int>();
        _found[0] = [];
        for (var @class = 0; @class < _count; @class++)
        {
            if (next[@class] != 0)
            {
                queue.Enqueue(next[@class]);
            }
        }

        while (queue.TryDequeue(out var state))
        {
            _found[state] = [.. own[state], .. _found[fallback[state]]];
            for (var @class = 0; @class < _count; @class++)
            {
                var at = (state * _count) + @class;
                var behind = next[(fallback[state] * _count) + @class];
                if (next[at] == 0)
                {
                    next[at] = behind;
                }
                else
                {
                    fallback[next[at]] = behind;
                    queue.Enqueue(next[at]);
                }
            }
        }

        for (var i = 0; i < next.Length; i++)
        {
            next[i] = (next[i] * _count) | (_found[next[i]].Length > 0 ? Found : 0);
        }

        return next;
    }
}
