namespace PluginHost.Skills.Toml;

/// <summary>A text is not TOML, or larger or deeper than allowed.</summary>
internal sealed class TomlException(int line, string message) : Exception($"line {line}: {message}")
{
    public int Line { get; } = line;
}
