namespace PluginHost.Skills.Toml;

/// <summary>A place in a text, both counted from one. A column is a UTF-16 code unit.</summary>
internal readonly record struct TomlPosition(int Line, int Column);
