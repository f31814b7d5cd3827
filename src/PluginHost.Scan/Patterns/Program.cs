using System.Collections.Immutable;

namespace PluginHost.Scan.Patterns;

/// <summary>A pattern as steps of an automaton without preferences (Thompson): which matches there are, not which comes first.</summary>
internal sealed class Program
{
    private const int MaxSteps = 60_000;
    private readonly List<Step> _steps = [];
    private ulong[]?[] _takes = [];

    private Program()
    {
    }

    /// <summary>Its steps; the last of them is the only one that has found a match.</summary>
    public ImmutableArray<Step> Steps { get; private set; } = [];

    /// <summary>Steps that only lead to others.</summary>
    public ulong[] Splits { get; private set; } = [];

    /// <summary>Steps that ask where they are.</summary>
    public ulong[] Places { get; private set; } = [];

    /// <summary>Whether it has a condition on the place.</summary>
    public bool HasPlaces { get; private set; }

    /// <summary>Classes of bytes that it does not tell apart: the class of each byte.</summary>
    public byte[] Classes { get; private set; } = [];

    /// <summary>A byte of each class.</summary>
    public ImmutableArray<byte> Representatives { get; private set; } = [];

    /// <exception cref="UnsupportedException">It is too large.</exception>
    public static Program Of(Pattern pattern)
    {
        var program = new Program();
        program.Add(pattern);
        program.Add(new Step(StepKind.Match, default, 0, 0));
        program.Steps = [.. program._steps];
        program.Splits = program.StepsOf(step => step.Kind == StepKind.Split);
        program.Places = program.StepsOf(step => step.Kind == StepKind.Place);
        program.Classify();
        program._takes = new ulong[program.Representatives.Length][];
        return program;
    }

    /// <summary>Steps that take the bytes of a class.</summary>
    public ulong[] Takes(int @class)
    {
        // Two threads that come here at once make the same.
        if (Volatile.Read(ref _takes[@class]) is not { } takes)
        {
            var value = Representatives[@class];
            Volatile.Write(ref _takes[@class], takes = StepsOf(step => step.Kind == StepKind.Byte && step.Set.Has(value)));
        }

        return takes;
    }

    private ulong[] StepsOf(Func<Step, bool> isOne)
    {
        var set = new ulong[StepSet.WordsFor(Steps.Length)];
        for (var i = 0; i < Steps.Length; i++)
        {
            if (isOne(Steps[i]))
            {
                StepSet.Add(set, i);
            }
        }

        return set;
    }

    private int Add(Step step)
    {
        if (_steps.Count >= MaxSteps)
        {
            throw new UnsupportedException($"a pattern of more than {MaxSteps} steps");
        }

        _steps.Add(step);
        return _steps.Count - 1;
    }

    private void Add(Pattern pattern)
    {
        switch (pattern)
        {
            case Pattern.One one:
                Add(new Step(StepKind.Byte, one.Set, 0, 0));
                break;
            case Pattern.Sequence sequence:
                foreach (var part in sequence.Parts)
                {
                    Add(part);
                }

                break;
            case Pattern.Choice choice:
                Add(choice);
                break;
            case Pattern.Repeat repeat:
                Add(repeat);
                break;
            case Pattern.Place place:
                HasPlaces = true;
                Add(new Step(StepKind.Place, default, (int)place.Kind, 0));
                break;
        }
    }

    private void Add(Pattern.Choice choice)
    {
        var ends = new List<int>();
        for (var i = 0; i < choice.Ways.Length - 1; i++)
        {
            var split = Add(default(Step));
            Add(choice.Ways[i]);
            ends.Add(Add(default(Step)));
            _steps[split] = new Step(StepKind.Split, default, split + 1, _steps.Count);
        }

        Add(choice.Ways[^1]);
        ends.ForEach(end => _steps[end] = new Step(StepKind.Split, default, _steps.Count, _steps.Count));
    }

    private void Add(Pattern.Repeat repeat)
    {
        for (var i = 0; i < repeat.Min; i++)
        {
            Add(repeat.Inner);
        }

        if (repeat.Max is null)
        {
            var split = Add(default(Step));
            Add(repeat.Inner);
            Add(new Step(StepKind.Split, default, split, split));
            _steps[split] = new Step(StepKind.Split, default, split + 1, _steps.Count);
            return;
        }

        var splits = new List<int>();
        for (var i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Add(default(Step)));
            Add(repeat.Inner);
        }

        splits.ForEach(split => _steps[split] = new Step(StepKind.Split, default, split + 1, _steps.Count));
    }

    private void Classify()
    {
        // Bytes that every set treats alike are one; where places are asked for, characters of words are told apart.
        var sets = _steps.Where(step => step.Kind == StepKind.Byte).Select(step => step.Set).Append(HasPlaces ? ByteSet.Word : ByteSet.All).Distinct().ToList();
        var classes = new Dictionary<string, byte>(StringComparer.Ordinal);
        var representatives = ImmutableArray.CreateBuilder<byte>();
        Classes = new byte[256];
        var signature = new char[sets.Count];
        for (var value = 0; value < 256; value++)
        {
            for (var i = 0; i < sets.Count; i++)
            {
                signature[i] = sets[i].Has(value) ? '1' : '0';
            }

            var key = new string(signature);
            if (!classes.TryGetValue(key, out var known))
            {
                classes[key] = known = (byte)classes.Count;
                representatives.Add((byte)value);
            }

            Classes[value] = known;
        }

        Representatives = representatives.ToImmutable();
    }
}
