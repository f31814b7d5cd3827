using System.Collections;
using System.Runtime.CompilerServices;
using PluginHost.Hosting;

namespace PluginHost.Cli.Presentation;

/// <summary>What a verb tells a person: lines, or a table.</summary>
[CollectionBuilder(typeof(VerbText), nameof(Create))]
internal sealed class VerbText : IEnumerable<string>
{
    private readonly string[] _lines;
    private readonly TextTable? _table;

    private VerbText(string[] lines, TextTable? table)
    {
        _lines = lines;
        _table = table;
    }

    public static VerbText Create(ReadOnlySpan<string> lines) => new([.. lines], null);

    public static VerbText Of(TextTable table) => new([], table);

    public IEnumerator<string> GetEnumerator() => _lines.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Write(TextWriter output)
    {
        _table?.Write(output);
        foreach (var line in _lines)
        {
            output.WriteLine(Printable.Text(line));
        }
    }
}
