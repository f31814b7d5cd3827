using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>Makes the matches of a string out of those of its forms, or of its pieces.</summary>
internal static class Occurrences
{
    /// <param name="matcher">The string.</param>
    /// <param name="searches">What was found of each form of all strings; null where nothing was.</param>
    public static List<Match> Of(StringMatcher matcher, VariantSearch?[] searches) => matcher.Jumps.IsEmpty
        ? Merge(matcher.Variants.Select(variant => searches[variant.Number]).OfType<VariantSearch>())
        : Chain(matcher, searches);

    private static List<Match> Merge(IEnumerable<VariantSearch> searches)
    {
        var lists = searches.Select(search => search.Matches).Where(matches => matches.Count > 0).ToList();
        if (lists.Count == 0)
        {
            return [];
        }

        // Two forms at one place are one match, the longer one.
        var all = lists.SelectMany(matches => matches).ToArray();
        Array.Sort(all, static (x, y) => x.Offset != y.Offset ? x.Offset.CompareTo(y.Offset) : y.Length.CompareTo(x.Length));
        var kept = new List<Match>(all.Length);
        foreach (var match in all)
        {
            if (kept.Count == 0 || kept[^1].Offset != match.Offset)
            {
                kept.Add(match);
            }
            else if (!match.IsMeasured)
            {
                kept[^1] = kept[^1] with { IsMeasured = false };
            }
        }

        return kept;
    }

    /// <summary>Matches of a hex string whose pieces stand within their jumps of each other.</summary>
    private static List<Match> Chain(StringMatcher matcher, VariantSearch?[] searches)
    {
        var pieces = matcher.Variants.Select(variant => searches[variant.Number] is { } search ? search.Matches.OrderBy(match => match.Offset).ThenByDescending(match => match.Length).ToArray() : []).ToArray();
        var isKnown = pieces.All(piece => Array.TrueForAll(piece, match => match.IsMeasured));

        // From the last piece to the first: those that something follows, and where the whole ends.
        var followed = pieces[^1].Select(match => (match.Offset, End: match.Offset + match.Length)).ToList();
        for (var i = pieces.Length - 2; i >= 0; i--)
        {
            var (min, max) = matcher.Jumps[i + 1];
            var offsets = CollectionsMarshal.AsSpan(followed).ToArray();
            followed = [];
            foreach (var match in pieces[i])
            {
                var from = (long)match.Offset + match.Length + min;
                var at = Array.BinarySearch(offsets, ((int)Math.Min(from, int.MaxValue), 0), Comparer<(int Offset, int End)>.Create(static (x, y) => x.Offset.CompareTo(y.Offset)));
                at = at < 0 ? ~at : at;

                // Where it ends nobody could find out, it may end anywhere: rather a match too many than one that padding takes away.
                var length = match.IsMeasured ? match.Length : PatternVariant.MaxLength;
                if (at < offsets.Length && (max is null || offsets[at].Offset <= (long)match.Offset + length + max))
                {
                    followed.Add((match.Offset, offsets[at].End));
                }
            }
        }

        return [.. followed.DistinctBy(match => match.Offset).Select(match => new Match(match.Offset, match.End - match.Offset, isKnown))];
    }
}
