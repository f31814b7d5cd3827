using System.Diagnostics.CodeAnalysis;

namespace PluginHost.Wasm.Text;

/// <summary>A position in a list of nodes.</summary>
internal sealed class Cursor(IReadOnlyList<Node> nodes, int line, int at = 0)
{
    public bool AtEnd => at >= nodes.Count;

    public int Line => AtEnd ? line : nodes[at].Line;

    public static Cursor After(Node list, int skip) => new(list.Items!, list.Line, skip);

    public Node? Peek(int ahead = 0) => at + ahead < nodes.Count ? nodes[at + ahead] : null;

    public Node Next(string expected) => AtEnd ? throw new TextSyntaxException($"unexpected end, expected {expected}", line) : nodes[at++];

    public bool TryList(string head, [NotNullWhen(true)] out Node? list)
    {
        list = Peek();
        if (list is null || !list.IsList(head))
        {
            list = null;
            return false;
        }

        at++;
        return true;
    }

    public bool TryWord(string word)
    {
        if (Peek() is not { Items: null } node || node.Text != word)
        {
            return false;
        }

        at++;
        return true;
    }

    public string? TryId()
    {
        if (Peek() is not { IsId: true } node)
        {
            return null;
        }

        at++;
        return node.Text;
    }

    public string Name() => Next("a name").Name();

    /// <summary>All strings that follow, joined.</summary>
    public byte[] Strings()
    {
        var bytes = new List<byte>();
        while (Peek() is { String: { } part })
        {
            bytes.AddRange(part);
            at++;
        }

        return [.. bytes];
    }

    public void ExpectEnd()
    {
        if (!AtEnd)
        {
            throw nodes[at].Unexpected("nothing more");
        }
    }
}
