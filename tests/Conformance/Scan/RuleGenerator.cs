using System.Globalization;
using System.Text;

namespace PluginHost.Conformance.Scan;

/// <summary>Makes rules and inputs by chance, always the same for a number. Inputs are made of pieces of the rules, so that something is found.</summary>
internal sealed class RuleGenerator(int seed)
{
    private const string Letters = "abcABC01_ .-";
    private readonly Random _random = new(seed);
    private readonly List<byte[]> _pieces = [];

    /// <summary>A file of rules.</summary>
    public string Rules(int count)
    {
        var text = new StringBuilder("import \"hash\"\nimport \"math\"\n");
        for (var i = 0; i < count; i++)
        {
            var strings = 1 + _random.Next(3);
            text.Append(CultureInfo.InvariantCulture, $"rule r{i} {{\n  strings:\n");
            for (var j = 0; j < strings; j++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    $s{j} = {Declared()}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  condition: {Condition(strings, i)}\n}}\n");
        }

        return text.ToString();
    }

    /// <summary>An input.</summary>
    public byte[] Input()
    {
        var bytes = new List<byte>();
        var length = _random.Next(20, 400);
        while (bytes.Count < length)
        {
            bytes.AddRange(_random.Next(4) switch
            {
                0 => [(byte)_random.Next(256)],
                1 => Encoding.ASCII.GetBytes(Word(1, 6)),
                _ when _pieces.Count > 0 => Altered(_pieces[_random.Next(_pieces.Count)]),
                _ => [0],
            });
        }

        return [.. bytes];
    }

    private byte[] Altered(byte[] piece) => _random.Next(5) switch
    {
        0 => [.. piece.SelectMany(value => (byte[])[value, 0])],
        1 => [.. piece.Select(value => (byte)(char.IsAsciiLetter((char)value) ? value ^ 32 : value))],
        2 => [.. piece.Select(value => (byte)(value ^ 3))],
        3 => Encoding.ASCII.GetBytes(Convert.ToBase64String([.. new byte[_random.Next(3)], .. piece])),
        _ => piece,
    };

    private string Word(int least, int most) => string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => Letters[_random.Next(Letters.Length)]));

    private string Declared() => _random.Next(3) switch { 0 => Text(), 1 => Hex(), _ => Regex() };

    private string Text()
    {
        var word = Word(3, 7);
        _pieces.Add(Encoding.ASCII.GetBytes(word));
        var modifiers = _random.Next(8) switch
        {
            0 => " nocase",
            1 => " wide",
            2 => " wide ascii nocase",
            3 => " fullword",
            4 => " xor(1-4)",
            5 => " base64",
            6 => " wide ascii",
            _ => "",
        };
        return $"\"{word}\"{modifiers}";
    }

    private string Hex()
    {
        var text = new StringBuilder("{ ");
        var piece = new List<byte>();
        for (var i = 0; i < _random.Next(3, 8); i++)
        {
            var value = (byte)Letters[_random.Next(Letters.Length)];
            piece.Add(value);
            text.Append(_random.Next(8) switch
            {
                0 when i > 0 => "?? ",
                1 when i > 1 => string.Create(CultureInfo.InvariantCulture, $"{value >> 4:X}? "),
                2 when i > 0 => string.Create(CultureInfo.InvariantCulture, $"[0-{_random.Next(1, 5)}] {value:X2} "),
                3 when i > 0 => string.Create(CultureInfo.InvariantCulture, $"( {value:X2} | {_random.Next(256):X2} {_random.Next(256):X2} ) "),
                _ => string.Create(CultureInfo.InvariantCulture, $"{value:X2} "),
            });
        }

        // It ends with a byte, and has two in a row to be looked for.
        var (first, last) = ((byte)'a', (byte)Letters[_random.Next(3)]);
        text.Append(CultureInfo.InvariantCulture, $"{first:X2} {last:X2} }}");
        piece.AddRange([first, last]);
        _pieces.Add([.. piece]);
        return text.ToString();
    }

    private string Regex()
    {
        var text = new StringBuilder();
        var isGreedy = _random.Next(4) != 0;
        var lazy = isGreedy ? "" : "?";
        var word = Word(2, 3).Replace(".", "\\.", StringComparison.Ordinal);
        text.Append(word);
        for (var i = 0; i < _random.Next(1, 4); i++)
        {
            text.Append(_random.Next(9) switch
            {
                0 => $"[a-c]{(_random.Next(2) == 0 ? "+" : "{1,3}")}{lazy}",
                1 => $".{{0,{_random.Next(1, 5)}}}{lazy}",
                2 => "(ab|c0|B)",
                3 => $"\\w*{lazy}",
                4 => "\\d",
                5 => $"[^a]?{lazy}",
                6 => "\\b",
                7 => $"(a|b)+{lazy}",
                _ => Letters[_random.Next(6)].ToString(),
            });
        }

        text.Append(Letters[_random.Next(6)]);
        _pieces.Add(Encoding.ASCII.GetBytes(word.Replace("\\", "", StringComparison.Ordinal) + Word(1, 4)));
        var hasPlace = text.ToString().Contains("\\b", StringComparison.Ordinal);
        return $"/{text}/{(_random.Next(4) == 0 ? "i" : "")}{(_random.Next(5) == 0 ? "s" : "")}{(_random.Next(5) == 0 ? " fullword" : _random.Next(5) == 0 && !hasPlace ? " wide" : "")}";
    }

    private string Condition(int strings, int rule)
    {
        var all = $"({string.Join(" or ", Enumerable.Range(0, strings).Select(i => $"$s{i}"))} or true)";
        return $"{all} and ({new ConditionGenerator(_random, strings, rule).Truth(3)})";
    }
}
