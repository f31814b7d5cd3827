using System.Buffers;

namespace PluginHost.Scan.Patterns;

/// <summary>
/// The place of a pattern, as far from its beginning as each match has it, whose bytes are met least: where a pattern has no text to look for, those are looked
/// for in the place of its first byte, which is any letter, often.
/// </summary>
/// <param name="Distance">How many bytes each match has before it.</param>
/// <param name="Bytes">What can stand there.</param>
internal sealed record Rarity(int Distance, SearchValues<byte> Bytes)
{
    private const int MaxDistance = 64;

    /// <param name="pattern">The pattern.</param>
    /// <param name="first">What a match can begin with.</param>
    public static Rarity Of(Pattern pattern, ByteSet first)
    {
        var (best, distance, at) = (first, 0, 0);
        foreach (var part in Literals.Flat(pattern))
        {
            if (Width(part) is not { } width || at > MaxDistance)
            {
                break;
            }

            if (width > 0 && FirstOf(part) is { } set && Weight(set) < Weight(best))
            {
                (best, distance) = (set, at);
            }

            at += width;
        }

        return new Rarity(distance, SearchValues.Create([.. best.Bytes()]));
    }

    /// <summary>How often the bytes of a set are met: those of texts everywhere, zeros in programs.</summary>
    private static int Weight(ByteSet set) => set.Bytes().Sum(value => value switch
    {
        0 or (byte)' ' or (byte)'e' or (byte)'t' or (byte)'a' or (byte)'o' or (byte)'i' or (byte)'n' or (byte)'s' or (byte)'r' => 24,
        >= (byte)'a' and <= (byte)'z' => 10,
        >= (byte)' ' and < 0x7F or (byte)'\n' or 0xFF => 4,
        _ => 1,
    });

    /// <summary>How long each match of a pattern is; null where they differ.</summary>
    private static int? Width(Pattern pattern)
    {
        switch (pattern)
        {
            case Pattern.One:
                return 1;
            case Pattern.Place:
                return 0;
            case Pattern.Sequence sequence:
                return sequence.Parts.Aggregate((int?)0, static (sum, part) => sum + Width(part));
            case Pattern.Choice choice:
                var widths = choice.Ways.Select(Width).Distinct().ToList();
                return widths is [var same] ? same : null;
            case Pattern.Repeat repeat:
                return repeat.Max == repeat.Min ? Width(repeat.Inner) * repeat.Min : null;
            default:
                return null;
        }
    }

    /// <summary>What a pattern that is not empty begins with; null where that depends on more than its first part.</summary>
    private static ByteSet? FirstOf(Pattern pattern)
    {
        switch (pattern)
        {
            case Pattern.One one:
                return one.Set;
            case Pattern.Sequence { Parts: [var first, ..] } when Width(first) > 0:
                return FirstOf(first);
            case Pattern.Choice choice:
                return choice.Ways.Aggregate((ByteSet?)default(ByteSet), static (all, way) => FirstOf(way) is { } set ? all?.Or(set) : null);
            case Pattern.Repeat { Min: > 0 } repeat:
                return FirstOf(repeat.Inner);
            default:
                return null;
        }
    }
}
