namespace PluginHost.Skills.Toml;

/// <summary>A text is not TOML, or larger or deeper than allowed.</summary>
internal sealed class TomlException(TomlPosition position, string problem) : Exception($"line {position.Line}, column {position.Column}: {problem}")
{
    public TomlPosition Position { get; } = position;

    public string Problem { get; } = problem;
}
