using System.Diagnostics.CodeAnalysis;

namespace PluginHost.Skills.Toml;

/// <summary>A table, in the order of the text.</summary>
internal sealed class TomlTable
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TomlPosition> _positions = new(StringComparer.Ordinal);

    /// <summary>How the table came to be; decides how it may be extended.</summary>
    internal TomlTableOrigin Origin { get; set; }

    /// <summary>For a table made by a dotted key: the section whose keys may extend it.</summary>
    internal TomlTable? Section { get; init; }

    /// <summary>Where the table begins.</summary>
    public TomlPosition Position { get; init; }

    public IReadOnlyCollection<string> Keys => _values.Keys;

    public object this[string key] => _values[key];

    public bool TryGet(string key, [NotNullWhen(true)] out object? value) => _values.TryGetValue(key, out value);

    /// <summary>The line on which a key was first written; 0 where there is no such key.</summary>
    public int LineOf(string key) => _positions.GetValueOrDefault(key).Line;

    /// <summary>Where a key was first written; where the table begins if there is no such key.</summary>
    public TomlPosition PositionOf(string key) => _positions.GetValueOrDefault(key, Position);

    internal void Add(string key, object value, TomlPosition position)
    {
        _values.Add(key, value);
        _positions.Add(key, position);
    }
}
