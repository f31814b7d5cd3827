namespace PluginHost.Wasm.Text;

/// <summary>The names and the number of things of one kind (spec 6.6.1, identifier contexts).</summary>
internal sealed class IndexSpace(string what)
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public int Add(string? id, int line)
    {
        if (id is not null && !_names.TryAdd(id, Count))
        {
            throw new TextSyntaxException($"duplicate {what} {id}", line);
        }

        return Count++;
    }

    public uint Resolve(Node node)
    {
        if (node.IsId)
        {
            return _names.TryGetValue(node.Text, out var index)
                ? (uint)index
                : throw new TextSyntaxException($"unknown {what} {node.Text}", node.Line);
        }

        return Numbers.Unsigned(node.Text, uint.MaxValue) is { } number
            ? (uint)number
            : throw node.Unexpected($"a {what} index");
    }

    public static bool IsIndex(Node? node) =>
        node is { Items: null, String: null } && (node.IsId || Numbers.Unsigned(node.Text, uint.MaxValue) is not null);
}
