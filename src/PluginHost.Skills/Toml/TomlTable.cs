using System.Diagnostics.CodeAnalysis;

namespace PluginHost.Skills.Toml;

/// <summary>A table, in the order of the text.</summary>
internal sealed class TomlTable
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>How the table came to be; decides how it may be extended.</summary>
    internal TomlTableOrigin Origin { get; set; }

    /// <summary>For a table made by a dotted key: the section whose keys may extend it.</summary>
    internal TomlTable? Section { get; init; }

    public IReadOnlyCollection<string> Keys => _values.Keys;

    public object this[string key] => _values[key];

    public bool TryGet(string key, [NotNullWhen(true)] out object? value) => _values.TryGetValue(key, out value);

    /// <summary>The line on which a key was first written; 0 where there is no such key.</summary>
    public int LineOf(string key) => _lines.GetValueOrDefault(key);

    internal void Add(string key, object value, int line)
    {
        _values.Add(key, value);
        _lines.Add(key, line);
    }
}
