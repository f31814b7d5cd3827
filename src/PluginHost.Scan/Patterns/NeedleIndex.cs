using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>Looks for all texts of all rules at once (Aho and Corasick), a table look-up for each byte. Immutable.</summary>
internal sealed class NeedleIndex
{
    private const int MaxStates = 2_000_000;
    private const int Found = int.MinValue;
    private readonly byte[] _classes = new byte[256];
    private readonly int _count;
    private readonly int[] _next;
    private readonly Needle[][] _found;

    /// <exception cref="YaraException">There are too many texts.</exception>
    public NeedleIndex(IReadOnlyCollection<Needle> needles)
    {
        _count = Classify(needles);
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
    /// <param name="found">Is told of each: the text, and where it begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(ReadOnlySpan<byte> data, Action<Needle, int> found)
    {
        ref var next = ref MemoryMarshal.GetArrayDataReference(_next);
        ref var classes = ref MemoryMarshal.GetArrayDataReference(_classes);
        var state = 0;
        for (var i = 0; i < data.Length; i++)
        {
            // States stand in the table as where their row begins; the sign says that a text ends there.
            state = Unsafe.Add(ref next, (state & int.MaxValue) + Unsafe.Add(ref classes, data[i]));
            if (state < 0)
            {
                foreach (var needle in _found[(state & int.MaxValue) / _count])
                {
                    found(needle, i + 1 - needle.Text.Length);
                }
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
