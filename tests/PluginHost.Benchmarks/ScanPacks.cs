using System.Globalization;
using System.Text;

namespace PluginHost.Benchmarks;

/// <summary>Makes packs of 50 rules of one kind each, and what they are held against: the same ones every time.</summary>
internal sealed class ScanPacks
{
    private const int Rules = 50;
    private const int Bytes = 64_000_000;
    private const int Piece = 5_000;
    private readonly Random _random = new(7);
    private readonly string[] _words;

    private ScanPacks()
    {
        string[] syllables = ["ac", "ber", "con", "de", "er", "fi", "gra", "hol", "in", "jo", "ker", "la", "men", "no", "or", "per", "qua", "re", "sig", "tion", "un", "ver", "wit", "ex", "yel", "zon"];
        _words = [.. Enumerable.Range(0, 1_200).Select(_ => string.Concat(_random.GetItems(syllables, _random.Next(2, 5))))];
    }

    /// <summary>Writes them into a folder.</summary>
    public static void Write(string folder)
    {
        var packs = new ScanPacks();
        Directory.CreateDirectory(folder);
        packs.Pack(folder, "text", _ => Strings(8, () => $"\"{packs.Word()} {packs.Word()}\"") + "any of them");
        packs.Pack(folder, "nocase", _ => Strings(8, () => $"\"{packs.Word()} {packs.Word()}\" nocase") + "2 of them");
        packs.Pack(folder, "wide", _ => Strings(8, () => $"\"{packs.Word()}{packs.Word()}\" wide ascii nocase fullword") + "any of them");
        packs.Pack(folder, "xor", _ => Strings(2, () => $"\"{packs.Word()}{packs.Word()}\" xor") + "any of them");
        packs.Pack(folder, "base64", _ => Strings(4, () => $"\"{packs.Word()}{packs.Word()}{packs.Word()}\" base64 base64wide") + "any of them");
        packs.Pack(folder, "hex", _ => Strings(6, packs.Hex) + "any of them");
        packs.Pack(folder, "short-hex", _ => Strings(4, packs.ShortHex) + "any of them");
        packs.Pack(folder, "regex", _ => Strings(3, packs.Regex) + "any of them");
        packs.Pack(folder, "secrets", _ => Strings(2, packs.Secret) + "any of them");
        packs.Pack(folder, "counts", _ => $"strings: $a = \"{packs.Word()}\" $b = \"{packs.Word()}\" nocase condition: #a > 3 and for any k in (1..#a) : (@a[k] + 40 > @b[1] and @b[1] > 0) and #b in (0..filesize\\2) > 2");
        packs.Pack(folder, "arithmetic", i => $"condition: filesize > {i} and for all j in (0..5000) : (uint8(j * {i + 1}) < 256)");
        packs.Data(Path.Combine(folder, "words.data"), noise: 0);
        packs.Data(Path.Combine(folder, "mixed.data"), noise: 0.5);
    }

    private static string Strings(int count, Func<string> make) => $"strings: {string.Join(' ', Enumerable.Range(0, count).Select(i => $"$s{i} = {make()}"))} condition: ";

    private string Word() => _words[_random.Next(_words.Length)];

    private string Byte() => _random.Next(256).ToString("X2", CultureInfo.InvariantCulture);

    private string Hex() => $"{{ {Byte()} {Byte()} {Byte()} {Byte()} [0-{_random.Next(4, 40)}] {Byte()} {Byte()} ?? ( {Byte()} | {Byte()} {Byte()} ) {Byte()[0]}? }}";

    private string ShortHex() => $"{{ {Byte()} {Byte()} [2-6] {Byte()} ?? {Byte()} }}";

    private string Secret() => _random.Next(3) switch
    {
        0 => $"/[a-z]{{2}}_{Word()[..4]}_[A-Za-z0-9]{{20,60}}/",
        1 => $"/{Word()[..4].ToUpperInvariant()}[A-Z0-9]{{16}}/",
        _ => $"/eyJ[A-Za-z0-9_-]{{10,}}\\.{Word()[..3]}[A-Za-z0-9_-]{{10,}}/",
    };

    private string Regex() => _random.Next(7) switch
    {
        0 => $"/{Word()}[a-z ]{{1,20}}{Word()}/",
        1 => $"/(https?|ftp):\\/\\/[a-z0-9.-]+\\/{Word()}/i",
        2 => $"/\\b{Word()}\\s+(of|the|a)\\s+{Word()}\\b/i",
        3 => $"/{Word()}.{{0,60}}{Word()}/s",
        4 => $"/[A-Z]{{3,8}}_{Word()}=/",
        5 => $"/({Word()}|{Word()}|{Word()})\\s*[:=]\\s*[\"'][^\"']{{8,40}}/i",
        _ => $"/{Word()[..3]}\\w+{Word()[^3..]}/",
    };

    private void Pack(string folder, string name, Func<int, string> rule) =>
        File.WriteAllLines(Path.Combine(folder, name + ".yar"), Enumerable.Range(0, Rules).Select(i => $"rule t{i} {{ {rule(i)} }}"));

    private void Data(string path, double noise)
    {
        using var file = File.Create(path);
        var piece = new byte[Piece];
        for (var written = 0; written < Bytes; written += Piece)
        {
            if (_random.NextDouble() < noise)
            {
                _random.NextBytes(piece);
            }
            else
            {
                var text = new StringBuilder();
                while (text.Length < Piece)
                {
                    text.Append(Word()).Append(_random.Next(12) == 0 ? ".\n" : " ");
                }

                Encoding.ASCII.GetBytes(text.ToString(0, Piece), piece);
            }

            file.Write(piece);
        }
    }
}
