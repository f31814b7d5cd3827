using PluginHost.Scan.Patterns;

namespace PluginHost.Scan.Conditions;

/// <summary>What the condition of a rule is evaluated on, and how much more of that there may be.</summary>
/// <param name="data">What is scanned.</param>
/// <param name="matches">Matches of all strings, by their numbers.</param>
/// <param name="externals">Facts from outside.</param>
/// <param name="rules">What came of the rules before it.</param>
/// <param name="variables">How many places the variables of its loops take.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Frame(
    ReadOnlyMemory<byte> data, IReadOnlyList<Match>[] matches, IReadOnlyDictionary<string, object> externals, IReadOnlyDictionary<string, bool> rules, int variables, CancellationToken cancellation)
{
    private const long FreeSteps = 5_000_000;

    /// <summary>A loop over every byte, and not one within it, comes to its end.</summary>
    private const long StepsPerByte = 32;
    private const long StepsBetweenLooks = 1_000_000;
    private long _left = FreeSteps + (StepsPerByte * data.Length);
    private long _look = FreeSteps + (StepsPerByte * data.Length) - StepsBetweenLooks;

    public ReadOnlyMemory<byte> Data => data;

    public IReadOnlyDictionary<string, object> Externals => externals;

    public IReadOnlyDictionary<string, bool> Rules => rules;

    /// <summary>Variables of the loops that it is in.</summary>
    public Value[] Variables { get; } = new Value[variables];

    /// <summary>The string that a loop over strings is at, by its number.</summary>
    public int Current { get; set; }

    public IReadOnlyList<Match> MatchesOf(int number) => matches[number < 0 ? Current : number];

    /// <summary>Counts what is done.</summary>
    /// <exception cref="UnsupportedException">It is too much.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Spend(long steps)
    {
        _left -= steps;
        if (_left < _look)
        {
            cancellation.ThrowIfCancellationRequested();
            _look = _left - StepsBetweenLooks;
            if (_left < 0)
            {
                throw new UnsupportedException("a condition that takes too long on this input");
            }
        }
    }
}
