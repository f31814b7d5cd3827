using PluginHost.Hosting;
using Spectre.Console;

namespace PluginHost.Cli.Presentation;

/// <summary>A table for people. Texts in it are escaped; colours are for terminals alone.</summary>
internal sealed class TextTable(params string[] headers)
{
    /// <summary>Where nobody looks through a window of some width, no line is broken.</summary>
    private const int Endless = 1 << 20;

    private readonly List<Cell[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(params Cell[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        if (Terminals.Is(output))
        {
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(Table(wraps: true));
            return;
        }

        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = Endless;
        console.Write(Table(wraps: false));
        using var lines = new StringReader(text.ToString());
        while (lines.ReadLine() is { } line)
        {
            output.WriteLine(line.TrimEnd());
        }
    }

    private Table Table(bool wraps)
    {
        var table = new Table().NoBorder();
        for (var i = 0; i < headers.Length; i++)
        {
            var column = new TableColumn(new Text(headers[i], new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, i == headers.Length - 1 ? 0 : 2, 0) };
            table.AddColumn(wraps && i == headers.Length - 1 ? column : column.NoWrap());
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable.Text(cell.Text), Style(cell.Mark))));
        }

        return table;
    }

    private static Style Style(CellMark mark) => mark switch
    {
        CellMark.Good => new Style(Color.Green),
        CellMark.Warn => new Style(Color.Yellow),
        CellMark.Bad => new Style(Color.Red),
        _ => Spectre.Console.Style.Plain,
    };
}
