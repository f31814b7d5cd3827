using System.Globalization;

namespace PluginHost.Conformance.Scan;

/// <summary>Makes conditions: numbers, places, counts, sets and loops within each other, some of which are not defined where they are asked for.</summary>
/// <param name="random">Where chance comes from.</param>
/// <param name="strings">How many strings the rule has.</param>
/// <param name="rule">How many rules there are before it.</param>
internal sealed class ConditionGenerator(Random random, int strings, int rule)
{
    private const int Nowhere = 1_000_000;
    private static readonly string[] Readers = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint8be", "int8be", "uint16be", "int16be", "uint32be", "int32be"];

    private int _loopsOverStrings;

    /// <summary>A truth.</summary>
    /// <param name="depth">How deep it may be.</param>
    /// <param name="variables">Variables of the loops around it.</param>
    public string Truth(int depth, params string[] variables) => random.Next(depth > 0 ? 20 : 8) switch
    {
        0 or 1 => Text($"${Any()}"),
        2 => Text($"{Number(2, variables)} {Pick("==", "!=", "<", ">", "<=", ">=")} {Number(2, variables)}"),
        3 => Text($"${Any()} at {Number(1, variables)}"),
        4 => Text($"${Any()} in ({Low()}..{High()})"),
        5 => Text($"{Quantity()} of {Set()}"),
        6 => Text($"{Pick("any", "all", "none", "2", "1", "0")} of {Set()} in ({Low()}..{High()})"),
        7 => rule > 0 && random.Next(2) == 0 ? Text($"r{random.Next(rule)}") : Text($"{Fraction()} {Pick("<", ">", "<=", ">=")} {random.Next(9)}.5"),
        8 => $"not ({Truth(depth - 1, variables)})",
        9 => $"defined ({(random.Next(2) == 0 ? Number(2, variables) : Truth(depth - 1, variables))})",
        10 or 11 or 12 => $"({Truth(depth - 1, variables)} and {Truth(depth - 1, variables)})",
        13 or 14 => $"({Truth(depth - 1, variables)} or {Truth(depth - 1, variables)})",
        15 or 16 when _loopsOverStrings == 0 => OverStrings(depth, variables),
        _ when variables.Length < 2 => Loop(depth, variables),
        _ => Text($"#{Any()} > {random.Next(3)}"),
    };

    private string OverStrings(int depth, string[] variables)
    {
        _loopsOverStrings++;
        var body = Pick("$", "# > 1", "@ < 20", "! > 2", Text($"$ at {Number(1, variables)}"), Text($"@[1] < {Number(1, variables)} and # >= 1"), Truth(depth - 1, variables));
        _loopsOverStrings--;
        return $"for {Times()} of {Set()} : ( {body} )";
    }

    private string Loop(int depth, string[] variables)
    {
        var variable = variables.Length == 0 ? "i" : "j";
        var range = Pick(Text($"(1..#{Any()})"), Text($"(0..{random.Next(9)})"), Text($"(1, 2, {Number(1, variables)})"), Text($"({Number(0, variables)}..{Number(0, variables)})"));
        var body = Pick(Text($"@{Any()}[{variable}] < {Number(1, variables)}"), Text($"uint8({variable}) != {Number(1, variables)}"), Text($"{variable} == {Number(1, variables)}"), Truth(depth - 1, [.. variables, variable]));
        return $"for {Times()} {variable} in {range} : ( {body} )";
    }

    private string Number(int depth, string[] variables) => random.Next(depth > 0 ? 14 : 9) switch
    {
        0 or 1 => Text($"{random.Next(60)}"),
        2 => "filesize",
        3 => Text($"#{Any()}"),
        4 => Text($"@{Any()}[{random.Next(4)}]"),
        5 => Text($"!{Any()}"),
        6 => variables.Length > 0 ? variables[random.Next(variables.Length)] : Text($"-{random.Next(5)}"),

        // YARA 4.2 ends its scan with an error where the lower bound of a count is not zero.
        7 => Text($"#{Any()} in (0..{High()})"),
        8 => Text($"~{random.Next(9)}"),
        9 or 10 => $"{Readers[random.Next(Readers.Length)]}({(random.Next(6) == 0 ? Text($"{Nowhere}") : Number(depth - 1, variables))})",
        11 => $"({Number(depth - 1, variables)} {Pick("\\", "%")} ({Number(depth - 1, variables)} + filesize))",
        12 => Text($"({Number(depth - 1, variables)} {Pick("<<", ">>")} {random.Next(70)})"),
        _ => $"({Number(depth - 1, variables)} {Pick("+", "-", "*", "&", "|", "^")} {Number(depth - 1, variables)})",
    };

    private string Fraction() => Pick(
        "math.entropy(0, filesize)", Text($"math.mean({random.Next(9)}, {random.Next(40)})"), Text($"math.deviation({random.Next(9)}, {random.Next(40)}, math.MEAN_BYTES)"),
        Text($"math.serial_correlation({random.Next(9)}, {random.Next(40)})"), Text($"math.monte_carlo_pi({random.Next(9)}, {random.Next(40)})"), Text($"math.percentage({random.Next(300)})"), Text($"uint8({random.Next(90)}) * 0.25"));

    private string Set() => Pick("them", "($*)", "($s*)", Text($"(${Any()})"), Text($"(${Any()}, $s*)"), Text($"(${Any()}, ${Any()})"));

    private string Quantity() => Pick("any", "all", "none", "0", "1", "2", "3", Text($"{random.Next(1, 101)}%"), Text($"#{Any()}"), Text($"uint8({Nowhere})"), "-1");

    private string Times() => Pick("any", "all", "none", "0", "1", "2", "3", Text($"#{Any()}"), Text($"uint8({Nowhere})"));

    private string Low() => Text($"{random.Next(9)}");

    private string High() => Pick(Text($"{random.Next(9, 60)}"), "filesize + 9");

    private string Any() => Text($"s{random.Next(strings)}");

    private string Pick(params string[] ways) => ways[random.Next(ways.Length)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
