namespace PluginHost.Skills.Toml;

/// <summary>An array. One of tables, written with double brackets, grows while it is read; any other is closed.</summary>
internal sealed class TomlArray(bool ofTables)
{
    public bool IsOfTables { get; } = ofTables;

    /// <summary>Strings, long, double, bool, <see cref="TomlTime"/>, arrays and tables.</summary>
    public List<object> Items { get; } = [];
}
