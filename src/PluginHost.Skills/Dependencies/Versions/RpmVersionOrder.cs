namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>rpm's order: epoch, version and release, each by segments of digits or letters, a tilde before everything, a caret after.</summary>
internal sealed class RpmVersionOrder : VersionOrder
{
    public static RpmVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (Split(x), Split(y));
        return ComparePart(a.Epoch, b.Epoch) is not 0 and var epoch ? epoch
            : ComparePart(a.Version, b.Version) is not 0 and var version ? version
            : ComparePart(a.Release, b.Release);
    }

    private static (string Epoch, string Version, string Release) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = text[(colon + 1)..];
        var hyphen = rest.IndexOf('-', StringComparison.Ordinal);
        return (colon < 0 ? "0" : text[..colon], hyphen < 0 ? rest : rest[..hyphen], hyphen < 0 ? "" : rest[(hyphen + 1)..]);
    }

    private static int ComparePart(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        while (true)
        {
            x = Skip(x);
            y = Skip(y);
            var (tildeX, tildeY) = (x.StartsWith("~"), y.StartsWith("~"));
            if (tildeX || tildeY)
            {
                if (tildeX != tildeY)
                {
                    return tildeX ? -1 : 1;
                }

                x = x[1..];
                y = y[1..];
                continue;
            }

            var (caretX, caretY) = (x.StartsWith("^"), y.StartsWith("^"));
            if (caretX || caretY)
            {
                if (caretX != caretY)
                {
                    return caretX ? (y.IsEmpty ? 1 : -1) : x.IsEmpty ? -1 : 1;
                }

                x = x[1..];
                y = y[1..];
                continue;
            }

            if (x.IsEmpty || y.IsEmpty)
            {
                return (x.IsEmpty ? 0 : 1) - (y.IsEmpty ? 0 : 1);
            }

            var isNumber = char.IsAsciiDigit(x[0]);
            var a = Segment(x, isNumber);
            var b = Segment(y, isNumber);
            if (b.IsEmpty)
            {
                return isNumber ? 1 : -1;
            }

            var order = isNumber ? CompareDigits(a, b) : a.SequenceCompareTo(b);
            if (order != 0)
            {
                return order;
            }

            x = x[a.Length..];
            y = y[b.Length..];
        }
    }

    private static ReadOnlySpan<char> Skip(ReadOnlySpan<char> text)
    {
        var i = 0;
        while (i < text.Length && !char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('~' or '^'))
        {
            i++;
        }

        return text[i..];
    }

    private static ReadOnlySpan<char> Segment(ReadOnlySpan<char> text, bool isNumber)
    {
        var i = 0;
        while (i < text.Length && (isNumber ? char.IsAsciiDigit(text[i]) : char.IsAsciiLetter(text[i])))
        {
            i++;
        }

        return text[..i];
    }
}
