namespace PluginHost.Scan.Conditions;

/// <summary>How many of some have to hold.</summary>
/// <param name="word"><c>all</c>, <c>any</c>, <c>none</c>; null where a number says it.</param>
/// <param name="number">The number.</param>
/// <param name="isPercent">Whether it is one in a hundred.</param>
internal sealed class Amount(string? word, Term? number, bool isPercent)
{
    /// <summary>Whether as many hold as are wanted. No more are asked than are needed.</summary>
    /// <param name="frame">What it is evaluated on.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="holds">Whether one of them holds, by its number.</param>
    public Value Among(Frame frame, int count, Func<Frame, int, bool> holds)
    {
        if (word == "none")
        {
            return Value.Of(!Any(frame, count, holds));
        }

        long wanted;
        switch (word)
        {
            case "all":
                wanted = count;
                break;
            case "any":
                wanted = 1;
                break;
            default:
                var given = number!(frame);
                if (!given.IsInteger)
                {
                    return default;
                }

                wanted = isPercent ? (long)Math.Ceiling(count * given.Integer / 100.0) : given.Integer;
                break;
        }

        // "0 of" is no short form of "none of" in this version of the language: nothing is wanted, and none may be there.
        if (wanted <= 0 && word is null)
        {
            return Value.Of(!Any(frame, count, holds));
        }

        long found = 0;
        for (var i = 0; i < count; i++)
        {
            found += holds(frame, i) ? 1 : 0;
            if (found + (count - i - 1) < wanted)
            {
                return Value.Of(false);
            }

            if (found >= wanted && word != "all")
            {
                return Value.Of(true);
            }
        }

        return Value.Of(found >= wanted);
    }

    private static bool Any(Frame frame, int count, Func<Frame, int, bool> holds)
    {
        for (var i = 0; i < count; i++)
        {
            if (holds(frame, i))
            {
                return true;
            }
        }

        return false;
    }
}
