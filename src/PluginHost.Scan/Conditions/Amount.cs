namespace PluginHost.Scan.Conditions;

/// <summary>How many of some have to hold. A number that is not defined means all of them.</summary>
/// <param name="word"><c>all</c>, <c>any</c>, <c>none</c>; null where a number says it.</param>
/// <param name="number">The number.</param>
/// <param name="isPercent">Whether it is one in a hundred.</param>
internal sealed class Amount(string? word, Term? number, bool isPercent)
{
    /// <summary>Whether as many strings or rules are there as are wanted; where none is wanted, none may be.</summary>
    /// <param name="frame">What it is evaluated on.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="holds">Whether one of them holds, by its number.</param>
    public Value Of(Frame frame, int count, Func<Frame, int, bool> holds) =>
        Wanted(frame, count) is var wanted && wanted == 0 ? Value.Of(!AtLeast(1, frame, count, holds)) : Value.Of(AtLeast(wanted, frame, count, holds));

    /// <summary>Whether a loop holds as often as is wanted. Where no turn is wanted, any number of them is enough: that is so in YARA 4.2 for <c>none</c>, too.</summary>
    /// <inheritdoc cref="Of"/>
    public Value InLoop(Frame frame, int count, Func<Frame, int, bool> holds) => Value.Of(count > 0 && AtLeast(Wanted(frame, count), frame, count, holds));

    private long Wanted(Frame frame, int count) => word switch
    {
        "all" => count,
        "any" => 1,
        "none" => 0,
        _ when isPercent => number!(frame) is { IsInteger: true, Integer: var share } ? (long)Math.Ceiling(count * share / 100.0) : long.MaxValue,
        _ => number!(frame) is { IsInteger: true, Integer: var given } ? given : count,
    };

    /// <summary>No more are asked than are needed.</summary>
    private static bool AtLeast(long wanted, Frame frame, int count, Func<Frame, int, bool> holds)
    {
        for (var i = 0; i < count && wanted > 0 && count - i >= wanted; i++)
        {
            wanted -= holds(frame, i) ? 1 : 0;
        }

        return wanted <= 0;
    }
}
