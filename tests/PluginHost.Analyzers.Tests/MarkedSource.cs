using System.Text;

namespace PluginHost.Analyzers.Tests;

/// <summary>Source text in which <c>{|PHG001:text|}</c> says what is reported, and where it begins.</summary>
internal sealed record MarkedSource(string Text, IReadOnlyList<(string Id, int Start, int Length)> Expected)
{
    public static MarkedSource Parse(string marked)
    {
        var text = new StringBuilder();
        var open = new Stack<(string Id, int Start)>();
        var expected = new List<(string, int, int)>();
        for (var i = 0; i < marked.Length; i++)
        {
            if (marked[i] == '{' && marked.AsSpan(i).StartsWith("{|PHG"))
            {
                var colon = marked.IndexOf(':', i);
                open.Push((marked[(i + 2)..colon], text.Length));
                i = colon;
            }
            else if (marked[i] == '|' && i + 1 < marked.Length && marked[i + 1] == '}' && open.TryPop(out var mark))
            {
                expected.Add((mark.Id, mark.Start, text.Length - mark.Start));
                i++;
            }
            else
            {
                text.Append(marked[i]);
            }
        }

        return new MarkedSource(text.ToString(), expected);
    }
}
