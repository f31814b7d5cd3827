namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>
/// Maven's <c>ComparableVersion</c>: numbers and words in lists that a hyphen, or the step from digit to letter, opens; known words
/// have an order of their own, and what is left out counts as nothing.
/// </summary>
internal sealed class MavenVersionOrder : VersionOrder
{
    private static readonly string[] Qualifiers = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

    public static MavenVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y) => CompareLists(Parse(x), Parse(y));

    /// <summary>Reads a version: strings of digits, words, and lists of either.</summary>
    private static List<object> Parse(string version)
    {
        var text = version.ToLowerInvariant();
        var root = new List<object>();
        var stack = new Stack<List<object>>([root]);
        var list = root;
        var (start, isDigit) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                list.Add(i == start ? "0" : Item(isDigit, text[start..i], followedByDigit: false));
                start = i + 1;
            }
            else if (c == '-')
            {
                list.Add(i == start ? "0" : Item(isDigit, text[start..i], followedByDigit: false));
                start = i + 1;
                list = Open(stack, list);
            }
            else if (char.IsAsciiDigit(c))
            {
                if (!isDigit && i > start)
                {
                    list.Add(Item(false, text[start..i], followedByDigit: true));
                    start = i;
                    list = Open(stack, list);
                }

                isDigit = true;
            }
            else
            {
                if (isDigit && i > start)
                {
                    list.Add(Item(true, text[start..i], followedByDigit: false));
                    start = i;
                    list = Open(stack, list);
                }

                isDigit = false;
            }
        }

        if (text.Length > start)
        {
            list.Add(Item(isDigit, text[start..], followedByDigit: false));
        }

        while (stack.TryPop(out var open))
        {
            Normalize(open);
        }

        return root;
    }

    private static List<object> Open(Stack<List<object>> stack, List<object> list)
    {
        var inner = new List<object>();
        list.Add(inner);
        stack.Push(inner);
        return inner;
    }

    private static object Item(bool isDigit, string text, bool followedByDigit)
    {
        if (isDigit)
        {
            return text.TrimStart('0') is { Length: > 0 } digits ? digits : "0";
        }

        return new Word((followedByDigit, text) switch
        {
            (true, "a") => "alpha",
            (true, "b") => "beta",
            (true, "m") => "milestone",
            (_, "ga" or "final" or "release") => "",
            (_, "cr") => "rc",
            _ => text,
        });
    }

    private static void Normalize(List<object> list)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (IsNull(list[i]))
            {
                list.RemoveAt(i);
            }
            else if (list[i] is not List<object>)
            {
                break;
            }
        }
    }

    private static bool IsNull(object item) => item switch
    {
        string digits => digits == "0",
        Word word => word.Text.Length == 0,
        List<object> list => list.Count == 0,
        _ => false,
    };

    private static int CompareLists(List<object> x, List<object> y)
    {
        for (var i = 0; i < Math.Max(x.Count, y.Count); i++)
        {
            var order = i >= x.Count ? -CompareItem(y[i], null) : CompareItem(x[i], i < y.Count ? y[i] : null);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int CompareItem(object x, object? y) => (x, y) switch
    {
        (string digits, null) => digits == "0" ? 0 : 1,
        (string a, string b) => CompareDigits(a, b),
        (string, _) => 1,
        (Word word, null) => string.CompareOrdinal(word.Rank, new Word("").Rank),
        (Word a, Word b) => string.CompareOrdinal(a.Rank, b.Rank),
        (Word, _) => -1,
        (List<object> list, null) => list.Select(item => CompareItem(item, null)).FirstOrDefault(order => order != 0),
        (List<object> a, List<object> b) => CompareLists(a, b),
        (List<object>, string) => -1,
        _ => 1,
    };

    private sealed record Word(string Text)
    {
        public string Rank => Array.IndexOf(Qualifiers, Text) is var i and >= 0 ? $"{(char)('0' + i)}" : $"{(char)('0' + Qualifiers.Length)}-{Text}";
    }
}
