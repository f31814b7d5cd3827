using System.Collections.Immutable;

namespace PluginHost.Scan.Patterns;

/// <summary>Texts of which a match of a pattern has to hold one, and what stands before them in it.</summary>
/// <param name="Texts">The texts: the bytes that may stand at each place, which differ in case alone.</param>
/// <param name="Before">What stands before; null where the pattern begins with them.</param>
internal sealed record Literals(ImmutableArray<ImmutableArray<ByteSet>> Texts, Pattern? Before)
{
    private const int MaxTexts = 48;
    private const int MaxLength = 6;
    private const int MinScore = 14;
    private const int MaxCopies = 6;

    /// <summary>The best texts of each way through a pattern.</summary>
    /// <returns>One for each way; null where some way has none that would be worth looking for.</returns>
    public static ImmutableArray<Literals>? Of(Pattern pattern)
    {
        var ways = pattern is Pattern.Choice choice ? choice.Ways : [pattern];
        var found = ImmutableArray.CreateBuilder<Literals>();
        foreach (var way in ways)
        {
            if (Best(way) is not { } best)
            {
                return null;
            }

            found.Add(best);
        }

        return found.ToImmutable();
    }

    /// <summary>How rarely a text will be met: bytes that are everywhere say little.</summary>
    public static int Score(ReadOnlySpan<byte> text)
    {
        var score = 0;
        for (var i = 0; i < text.Length; i++)
        {
            score += text[i] switch { 0 or 0xFF or 0x20 or (byte)'\n' or 0x90 or 0xCC => 4, _ when text[..i].Contains(text[i]) => 4, (byte)'e' or (byte)'t' or (byte)'a' or (byte)'o' or (byte)'i' or (byte)'n' or (byte)'s' or (byte)'r' => 7, _ => 10 };
        }

        return score;
    }

    /// <summary>The best piece of a text to look for.</summary>
    /// <returns>Where it begins, and how long it is.</returns>
    public static (int Start, int Length) Window(ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, MaxLength);
        var (best, at) = (-1, 0);
        for (var start = 0; start + length <= text.Length; start++)
        {
            if (Score(text.Slice(start, length)) is var score && score > best)
            {
                (best, at) = (score, start);
            }
        }

        return (at, length);
    }

    /// <summary>A text in lower case of ASCII.</summary>
    public static byte[] Fold(IEnumerable<ByteSet> text) => [.. text.Select(letter => Fold((byte)letter.First))];

    public static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value + 32) : value;

    /// <summary>A pattern as its parts in a row, repetitions that have to be there among them.</summary>
    public static IEnumerable<Pattern> Flat(Pattern pattern) => pattern switch
    {
        Pattern.Sequence sequence => sequence.Parts.SelectMany(Flat),
        Pattern.Repeat { Min: > 0 } repeat => Enumerable.Repeat(repeat.Inner, Math.Min(repeat.Min, MaxCopies)).SelectMany(Flat)
            .Concat(repeat.Max == repeat.Min && repeat.Min <= MaxCopies ? [] : [repeat with { Min = repeat.Min - Math.Min(repeat.Min, MaxCopies), Max = repeat.Max - Math.Min(repeat.Min, MaxCopies) }]),
        _ => [pattern],
    };

    private static Literals? Best(Pattern way)
    {
        var parts = Flat(way).ToList();
        Literals? best = null;
        var bestScore = MinScore;
        for (var start = 0; start < parts.Count; start++)
        {
            var texts = Run(parts, start);
            if (texts.Count == 0)
            {
                continue;
            }

            var score = texts.Min(text => Score(Fold(text))) - (int)(4 * Math.Log2(texts.Count));
            if (score > bestScore)
            {
                bestScore = score;
                best = new Literals([.. texts], start == 0 ? null : new Pattern.Sequence([.. parts[..start]]));
            }
        }

        return best;
    }

    /// <summary>All texts that can stand from a part on, as far as they are few.</summary>
    private static List<ImmutableArray<ByteSet>> Run(List<Pattern> parts, int start)
    {
        List<ImmutableArray<ByteSet>> texts = [[]];
        for (var i = start; i < parts.Count; i++)
        {
            var next = Exact(parts[i]);
            if (next is null || texts.Count * next.Count > MaxTexts || texts.TrueForAll(text => text.Length >= MaxLength))
            {
                break;
            }

            texts = [.. Followed(texts, next)];
        }

        return texts.Exists(text => text.Length == 0) ? [] : Merged(texts.Select(text => text.Length > MaxLength ? text[..MaxLength] : text));
    }

    /// <summary>All texts that a part can be; null for more than a few.</summary>
    private static List<ImmutableArray<ByteSet>>? Exact(Pattern part)
    {
        switch (part)
        {
            case Pattern.One one when one.Set.Count <= 16:
                return [.. one.Set.Bytes().GroupBy(Fold).Select(same => ImmutableArray.Create(same.Aggregate(default(ByteSet), (set, value) => set.With(value))))];
            case Pattern.Place:
                return [[]];
            case Pattern.Choice choice:
                var ways = choice.Ways.Select(Exact).ToList();
                return ways.Contains(null) || ways.Sum(way => way!.Count) > MaxTexts ? null : [.. ways.SelectMany(way => way!)];
            case Pattern.Sequence sequence:
                List<ImmutableArray<ByteSet>> texts = [[]];
                foreach (var inner in sequence.Parts)
                {
                    var next = Exact(inner);
                    if (next is null || texts.Count * next.Count > MaxTexts)
                    {
                        return null;
                    }

                    texts = [.. Followed(texts, next)];
                }

                return texts;
            case Pattern.Repeat { Max: { } max } repeat when max == repeat.Min && max <= 8:
                return Exact(new Pattern.Sequence([.. Enumerable.Repeat(repeat.Inner, max)]));
            default:
                return null;
        }
    }

    private static IEnumerable<ImmutableArray<ByteSet>> Followed(List<ImmutableArray<ByteSet>> texts, List<ImmutableArray<ByteSet>> next) =>
        texts.SelectMany(text => next.Select(more => text.AddRange(more)));

    /// <summary>Texts that differ in case alone as one.</summary>
    private static List<ImmutableArray<ByteSet>> Merged(IEnumerable<ImmutableArray<ByteSet>> texts) =>
        [.. texts.GroupBy(text => Convert.ToHexString(Fold(text)), StringComparer.Ordinal).Select(same => same.Aggregate((one, other) => [.. one.Zip(other, (left, right) => left.Or(right))]))];
}
