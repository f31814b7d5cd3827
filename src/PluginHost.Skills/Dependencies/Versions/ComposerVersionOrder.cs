using System.Text;

namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>The order of PHP's <c>version_compare</c>, with a leading <c>v</c> of either case left out.</summary>
internal sealed class ComposerVersionOrder : VersionOrder
{
    /// <summary>Stands for a number among the words.</summary>
    private const string Number = "#";

    private static readonly (string Word, int Rank)[] Ranks =
    [
        ("dev", 0), ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("RC", 3), ("rc", 3), (Number, 4), ("pl", 5), ("p", 5),
    ];

    public static ComposerVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (Parts(x), Parts(y));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (ComparePart(a[i], b[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return a.Length == b.Length ? 0
            : a.Length > b.Length ? Rest(a[b.Length])
            : -Rest(b[a.Length]);
    }

    /// <summary>What more there is: a number makes the version later, a word as much as it ranks above a number.</summary>
    private static int Rest(string part) => IsDigits(part) ? 1 : Rank(part).CompareTo(Rank(Number));

    private static int ComparePart(string x, string y) => (IsDigits(x), IsDigits(y)) switch
    {
        (true, true) => CompareDigits(x, y),
        (true, false) => Rank(Number).CompareTo(Rank(y)),
        (false, true) => Rank(x).CompareTo(Rank(Number)),
        _ => Rank(x).CompareTo(Rank(y)),
    };

    private static int Rank(string word)
    {
        foreach (var (known, rank) in Ranks)
        {
            if (word.StartsWith(known, StringComparison.Ordinal))
            {
                return rank;
            }
        }

        return -1;
    }

    private static string[] Parts(string version)
    {
        var text = new StringBuilder();
        var last = '.';
        foreach (var c in version.TrimStart('v', 'V'))
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                text.Append('.');
            }
            else
            {
                text.Append(char.IsAsciiDigit(c) != char.IsAsciiDigit(last) && char.IsAsciiLetterOrDigit(last) ? "." : "").Append(c);
            }

            last = c;
        }

        return text.ToString().Split('.', StringSplitOptions.RemoveEmptyEntries);
    }
}
