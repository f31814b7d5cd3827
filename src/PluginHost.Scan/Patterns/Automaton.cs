using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>
/// A deterministic automaton that is made while it runs, one state for each set of steps that is met. Every byte costs one look-up, whatever the pattern;
/// where there are too many states they are made anew. Of one thread.
/// </summary>
/// <param name="program">The pattern.</param>
/// <param name="isSearch">Whether a match may begin at every place that it comes to, not only where it starts.</param>
internal sealed class Automaton(Program program, bool isSearch)
{
    private const int MaxStates = 1_000;
    private const int Unknown = 0;
    private const int Accepting = 1;
    private const int FlagWord = 1;
    private const int FlagStart = 2;
    private readonly Dictionary<State, int> _numbers = [];
    private readonly List<State> _states = [];
    private readonly int[] _starts = [-1, -1, -1, -1];
    private readonly List<int> _pending = [];
    private readonly byte[] _classes = program.Classes;
    private readonly int _stride = program.Representatives.Length + 1;
    private int[] _next = new int[64 * (program.Representatives.Length + 1)];

    /// <summary>The number of the state to start with.</summary>
    /// <param name="isWordBefore">Whether a character of a word stands before.</param>
    /// <param name="isStart">Whether nothing stands before.</param>
    public int Start(bool isWordBefore, bool isStart)
    {
        var flags = !program.HasPlaces ? 0 : (isWordBefore ? FlagWord : 0) | (isStart ? FlagStart : 0);
        return _starts[flags] >= 0 ? _starts[flags] : _starts[flags] = NumberOf([.. Closure([0])], flags);
    }

    /// <summary>The class of a byte.</summary>
    public int ClassOf(byte value) => _classes[value];

    /// <summary>The class of the end.</summary>
    public int End => _stride - 1;

    /// <summary>Goes on by a byte.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="class">The byte's class, or the end.</param>
    /// <param name="isMatch">Whether a match ends before that byte.</param>
    /// <returns>Where it is then; −1 where nothing can match any more.</returns>
    public int Step(int state, int @class, out bool isMatch)
    {
        var next = _next[(state * _stride) + @class];
        if (next == Unknown)
        {
            next = Compute(state, @class);
        }

        isMatch = (next & Accepting) != 0;
        return (next >> 1) - 2;
    }

    /// <summary>Goes on as long as nothing matches and every step is known.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="data">What it goes over.</param>
    /// <param name="at">Where that is; where it stopped.</param>
    /// <param name="last">Where it stops in any case.</param>
    /// <returns>Where it is then; −1 where nothing can match any more.</returns>
    public int Run(int state, ReadOnlySpan<byte> data, ref int at, int last)
    {
        var (next, classes, stride, place) = (_next, _classes, _stride, at);
        while (place < last)
        {
            var to = next[(state * stride) + classes[data[place]]];
            if (to == Unknown || (to & Accepting) != 0)
            {
                break;
            }

            state = (to >> 1) - 2;
            place++;
            if (state < 0)
            {
                break;
            }
        }

        at = place;
        return state;
    }

    /// <summary>Whether there are so many states that it should begin anew.</summary>
    public bool IsFull => _states.Count >= MaxStates;

    /// <summary>Forgets all states but one.</summary>
    /// <returns>Its number from now on.</returns>
    public int ClearBut(int number)
    {
        var state = _states[number];
        Clear();
        return NumberOf(state.Steps, state.Flags);
    }

    /// <summary>Forgets all states; numbers that were given out mean nothing any more.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _states.Clear();
        Array.Fill(_starts, -1);
        Array.Clear(_next);
    }

    private int Compute(int number, int @class)
    {
        var state = _states[number];
        var isEnd = @class == End;
        var value = isEnd ? (byte)0 : program.Representatives[@class];
        var isWord = !isEnd && ByteSet.Word.Has(value);
        IEnumerable<int> steps = program.HasPlaces ? Resolve(state, isWord, isEnd) : state.Steps;
        var isMatch = false;
        _pending.Clear();
        foreach (var step in steps)
        {
            var kind = program.Steps[step].Kind;
            isMatch |= kind == StepKind.Match;
            if (kind == StepKind.Byte && !isEnd && program.Steps[step].Set.Has(value))
            {
                _pending.Add(step + 1);
            }
        }

        if (isSearch && !isEnd)
        {
            _pending.Add(0);
        }

        var next = isEnd || _pending.Count == 0 ? -1 : NumberOf([.. Closure([.. _pending])], program.HasPlaces && isWord ? FlagWord : 0);
        return _next[(number * _stride) + @class] = ((next + 2) << 1) | (isMatch ? Accepting : 0);
    }

    /// <summary>Steps that are reached without a byte, without asking where they are.</summary>
    private SortedSet<int> Closure(int[] from) => Closure(from, static _ => false);

    private SortedSet<int> Closure(IEnumerable<int> from, Func<PlaceKind, bool> holds)
    {
        var (reached, waiting) = (new SortedSet<int>(), new Stack<int>(from));
        var seen = new HashSet<int>();
        while (waiting.TryPop(out var step))
        {
            if (!seen.Add(step))
            {
                continue;
            }

            var found = program.Steps[step];
            switch (found.Kind)
            {
                case StepKind.Split:
                    waiting.Push(found.First);
                    waiting.Push(found.Second);
                    break;
                case StepKind.Place when holds((PlaceKind)found.First):
                    waiting.Push(step + 1);
                    break;
                default:
                    reached.Add(step);
                    break;
            }
        }

        return reached;
    }

    private SortedSet<int> Resolve(State state, bool isWord, bool isEnd)
    {
        var (before, isStart) = ((state.Flags & FlagWord) != 0, (state.Flags & FlagStart) != 0);
        return Closure(state.Steps, kind => kind switch
        {
            PlaceKind.Start => isStart,
            PlaceKind.End => isEnd,
            PlaceKind.Boundary => before != isWord,
            _ => before == isWord,
        });
    }

    private int NumberOf(ImmutableArray<int> steps, int flags)
    {
        var state = new State(steps, flags);
        if (!_numbers.TryGetValue(state, out var number))
        {
            number = _states.Count;
            _numbers.Add(state, number);
            _states.Add(state);
            if (_states.Count * _stride > _next.Length)
            {
                Array.Resize(ref _next, 2 * _next.Length);
            }
        }

        return number;
    }

    private readonly struct State(ImmutableArray<int> steps, int flags) : IEquatable<State>
    {
        public ImmutableArray<int> Steps { get; } = steps;

        public int Flags { get; } = flags;

        public bool Equals(State other) => Flags == other.Flags && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());

        public override bool Equals(object? other) => other is State state && Equals(state);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Flags);
            hash.AddBytes(MemoryMarshal.AsBytes(Steps.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
