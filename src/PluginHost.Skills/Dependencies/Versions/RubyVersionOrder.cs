using System.Text.RegularExpressions;

namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>The order of <c>Gem::Version</c>: numbers and words, a word before every number, zeros at the end of either part dropped.</summary>
internal sealed partial class RubyVersionOrder : VersionOrder
{
    public static RubyVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (Segments(x), Segments(y));
        for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            var (left, right) = (i < a.Count ? a[i] : "0", i < b.Count ? b[i] : "0");
            var order = (IsDigits(left), IsDigits(right)) switch
            {
                (true, true) => CompareDigits(left, right),
                (true, false) => 1,
                (false, true) => -1,
                _ => string.CompareOrdinal(left, right),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static List<string> Segments(string version)
    {
        var all = Segment().Matches(version.Replace("-", ".pre.", StringComparison.Ordinal)).Select(match => match.Value).ToList();
        var words = all.FindIndex(segment => !IsDigits(segment));
        var numbers = words < 0 ? all : all[..words];
        return [.. WithoutZeros(numbers), .. words < 0 ? [] : WithoutZeros(all[words..])];
    }

    private static List<string> WithoutZeros(List<string> segments) =>
        segments[..(segments.FindLastIndex(segment => segment.AsSpan().IndexOfAnyExcept('0') >= 0) + 1)];

    [GeneratedRegex("[0-9]+|[a-zA-Z]+")]
    private static partial Regex Segment();
}
