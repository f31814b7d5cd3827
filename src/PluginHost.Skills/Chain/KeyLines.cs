namespace PluginHost.Skills.Chain;

/// <summary>Which lines have which key: as many numbers as there are lines, however many keys they are about.</summary>
internal sealed class KeyLines
{
    private readonly int[] _starts;
    private readonly int[] _lines;

    /// <param name="keys">The key of each line; negative where it has none.</param>
    /// <param name="count">How many keys there are.</param>
    public KeyLines(int[] keys, int count)
    {
        _starts = new int[count + 1];
        foreach (var key in keys.Where(key => key >= 0))
        {
            _starts[key + 1]++;
        }

        for (var i = 0; i < count; i++)
        {
            _starts[i + 1] += _starts[i];
        }

        _lines = new int[_starts[count]];
        var next = _starts[..count];
        for (var line = 0; line < keys.Length; line++)
        {
            if (keys[line] >= 0)
            {
                _lines[next[keys[line]]++] = line;
            }
        }
    }

    /// <summary>Lines of a key, in their order.</summary>
    public IEnumerable<int> Of(int key) => new ArraySegment<int>(_lines, _starts[key], _starts[key + 1] - _starts[key]);
}
