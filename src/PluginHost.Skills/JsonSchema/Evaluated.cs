namespace PluginHost.Skills.JsonSchema;

/// <summary>Which members and items of a value some schema has looked at and found right.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly HashSet<int> _items = [];

    public void Add(string member) => _members.Add(member);

    public void Add(int item) => _items.Add(item);

    public void Add(Evaluated other)
    {
        _members.UnionWith(other._members);
        _items.UnionWith(other._items);
    }

    public bool Has(string member) => _members.Contains(member);

    public bool Has(int item) => _items.Contains(item);
}
