using System.Runtime.CompilerServices;

namespace PluginHost.Scan.Patterns;

/// <summary>
/// A deterministic automaton that is made while it runs, one state for each set of steps that is met. Every byte costs one look-up, whatever the pattern;
/// where there are too many states they are made anew. Of one thread.
/// </summary>
/// <param name="program">The pattern.</param>
/// <param name="isSearch">Whether a match may begin at every place that it comes to, not only where it starts.</param>
/// <param name="memory">What all automata of a search keep.</param>
internal sealed class Automaton(Program program, bool isSearch, AutomatonMemory memory)
{
    private const long MaxBytes = 8 * 1024 * 1024;
    private const int BytesAround = 128;
    private const int Unknown = 0;
    private const int Accepting = 1;
    private const int FlagWord = 1;
    private const int FlagStart = 2;
    private readonly Dictionary<State, int> _numbers = [];
    private readonly List<State> _states = [];
    private readonly int[] _starts = [-1, -1, -1, -1];
    private readonly ulong[] _reached = new ulong[StepSet.WordsFor(program.Steps.Length)];
    private readonly ulong[] _resolved = new ulong[StepSet.WordsFor(program.Steps.Length)];
    private readonly ulong[] _asked = new ulong[StepSet.WordsFor(program.Steps.Length)];
    private readonly int _bytesOfState = (StepSet.WordsFor(program.Steps.Length) * sizeof(ulong)) + ((program.Representatives.Length + 1) * sizeof(int)) + BytesAround;
    private int[] _waiting = new int[16];
    private long _bytes;
    private readonly byte[] _classes = program.Classes;
    private readonly int _stride = program.Representatives.Length + 1;
    private int[] _next = new int[64 * (program.Representatives.Length + 1)];

    /// <summary>The number of the state to start with.</summary>
    /// <param name="isWordBefore">Whether a character of a word stands before.</param>
    /// <param name="isStart">Whether nothing stands before.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Start(bool isWordBefore, bool isStart)
    {
        var flags = !program.HasPlaces ? 0 : (isWordBefore ? FlagWord : 0) | (isStart ? FlagStart : 0);
        if (_starts[flags] < 0)
        {
            Array.Clear(_reached);
            Reach(0, _reached);
            _starts[flags] = NumberOf(_reached, flags);
        }

        return _starts[flags];
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    public bool IsFull => _bytes > MaxBytes || memory.IsFull;

    /// <summary>Forgets all states but one.</summary>
    /// <returns>Its number from now on.</returns>
    public int ClearBut(int number)
    {
        var state = _states[number];
        Clear();
        return NumberOf([.. state.Steps], state.Flags);
    }

    /// <summary>Forgets all states; numbers that were given out mean nothing any more.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _states.Clear();
        Array.Fill(_starts, -1);
        _next = new int[64 * _stride];
        memory.Bytes -= _bytes;
        _bytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Compute(int number, int @class)
    {
        var (state, isEnd) = (_states[number], @class == End);
        var isWord = !isEnd && ByteSet.Word.Has(program.Representatives[@class]);
        var active = program.HasPlaces && StepSet.Meets(state.Steps, program.Places) ? Resolve(state, isWord, isEnd) : state.Steps;
        var isMatch = StepSet.Has(active, program.Steps.Length - 1);
        Array.Clear(_reached);
        if (!isEnd)
        {
            var takes = program.Takes(@class);
            for (var i = 0; i < active.Length; i++)
            {
                for (var word = active[i] & takes[i]; word != 0;)
                {
                    Reach(StepSet.Take(ref word, i) + 1, _reached);
                }
            }

            if (isSearch)
            {
                Reach(0, _reached);
            }
        }

        var next = _reached.AsSpan().IndexOfAnyExcept(0UL) < 0 ? -1 : NumberOf(_reached, program.HasPlaces && isWord ? FlagWord : 0);
        return _next[(number * _stride) + @class] = ((next + 2) << 1) | (isMatch ? Accepting : 0);
    }

    /// <summary>Adds a step and all that are reached from it without a byte, without asking where they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reach(int from, ulong[] set)
    {
        if (!StepSet.Add(set, from))
        {
            return;
        }

        var (steps, count) = (program.Steps, 0);
        for (var step = from; ;)
        {
            // The other way waits, where it is new: no step is put in twice.
            if (steps[step].Kind == StepKind.Split)
            {
                var (first, second) = (steps[step].First, steps[step].Second);
                var isNew = StepSet.Add(set, first);
                if (StepSet.Add(set, second))
                {
                    if (!isNew)
                    {
                        step = second;
                        continue;
                    }

                    if (count == _waiting.Length)
                    {
                        Array.Resize(ref _waiting, 2 * count);
                    }

                    _waiting[count++] = second;
                }

                if (isNew)
                {
                    step = first;
                    continue;
                }
            }

            if (count == 0)
            {
                return;
            }

            step = _waiting[--count];
        }
    }

    /// <summary>Steps of a state, and those behind conditions that hold where it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong[] Resolve(State state, bool isWord, bool isEnd)
    {
        var (before, isStart) = ((state.Flags & FlagWord) != 0, (state.Flags & FlagStart) != 0);
        state.Steps.CopyTo(_resolved, 0);
        Array.Clear(_asked);
        for (var isNew = true; isNew;)
        {
            isNew = false;
            for (var i = 0; i < _resolved.Length; i++)
            {
                for (var word = _resolved[i] & program.Places[i] & ~_asked[i]; word != 0; isNew = true)
                {
                    var step = StepSet.Take(ref word, i);
                    StepSet.Add(_asked, step);
                    var holds = (PlaceKind)program.Steps[step].First switch
                    {
                        PlaceKind.Start => isStart,
                        PlaceKind.End => isEnd,

                        // As in YARA, where the data begins and ends is a boundary whatever stands there.
                        PlaceKind.Boundary => isStart || isEnd || before != isWord,
                        _ => !isStart && !isEnd && before == isWord,
                    };
                    if (holds)
                    {
                        Reach(step + 1, _resolved);
                    }
                }
            }
        }

        return _resolved;
    }

    /// <summary>The number of a state; splits are no part of it, because what they lead to is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NumberOf(ulong[] reached, int flags)
    {
        for (var i = 0; i < reached.Length; i++)
        {
            reached[i] &= ~program.Splits[i];
        }

        if (!_numbers.TryGetValue(new State(reached, flags), out var number))
        {
            number = _states.Count;
            var state = new State([.. reached], flags);
            _numbers.Add(state, number);
            _states.Add(state);
            _bytes += _bytesOfState;
            memory.Bytes += _bytesOfState;
            if (_states.Count * _stride > _next.Length)
            {
                Array.Resize(ref _next, 2 * _next.Length);
            }
        }

        return number;
    }

    private readonly struct State(ulong[] steps, int flags) : IEquatable<State>
    {
        public ulong[] Steps { get; } = steps;

        public int Flags { get; } = flags;

        public bool Equals(State other) => Flags == other.Flags && Steps.AsSpan().SequenceEqual(other.Steps);

        public override bool Equals(object? other) => other is State state && Equals(state);

        public override int GetHashCode() => StepSet.HashOf(Steps, Flags);
    }
}
