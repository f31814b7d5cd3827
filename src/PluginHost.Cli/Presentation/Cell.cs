namespace PluginHost.Cli.Presentation;

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text; escaped where it is shown.</param>
/// <param name="Mark">What it says.</param>
internal readonly record struct Cell(string Text, CellMark Mark = CellMark.None)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}
