namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>dpkg's order: an epoch, then by turns what is no digit, a tilde before everything, and digits.</summary>
internal sealed class DebianVersionOrder : VersionOrder
{
    public static DebianVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (Split(x.Trim()), Split(y.Trim()));
        return CompareDigits(a.Epoch, b.Epoch) is not 0 and var epoch ? epoch
            : ComparePart(a.Upstream, b.Upstream) is not 0 and var upstream ? upstream
            : ComparePart(a.Revision, b.Revision);
    }

    private static (string Epoch, string Upstream, string Revision) Split(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var rest = version[(colon + 1)..];
        var hyphen = rest.LastIndexOf('-');
        return (colon < 0 ? "" : version[..colon], hyphen < 0 ? rest : rest[..hyphen], hyphen < 0 ? "0" : rest[(hyphen + 1)..]);
    }

    private static int ComparePart(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        while (!x.IsEmpty || !y.IsEmpty)
        {
            while ((!x.IsEmpty && !char.IsAsciiDigit(x[0])) || (!y.IsEmpty && !char.IsAsciiDigit(y[0])))
            {
                if (Weight(x).CompareTo(Weight(y)) is not 0 and var order)
                {
                    return order;
                }

                x = x.IsEmpty ? x : x[1..];
                y = y.IsEmpty ? y : y[1..];
            }

            var a = Digits(x);
            var b = Digits(y);
            if (CompareDigits(a, b) is not 0 and var numbers)
            {
                return numbers;
            }

            x = x[a.Length..];
            y = y[b.Length..];
        }

        return 0;
    }

    private static int Weight(ReadOnlySpan<char> text) => text.IsEmpty || char.IsAsciiDigit(text[0]) ? 0
        : text[0] == '~' ? -1
        : char.IsAsciiLetter(text[0]) ? text[0]
        : text[0] + 256;

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? text[..end] : text;
}
