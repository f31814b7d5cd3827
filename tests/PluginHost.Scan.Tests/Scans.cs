using System.Text;

namespace PluginHost.Scan.Tests;

/// <summary>Scans of tests.</summary>
internal static class Scans
{
    public static Dictionary<string, object> Facts { get; } = new() { ["section"] = "asset", ["file"] = "f", ["wasm_imports"] = "", ["wasm_exports"] = "" };

    public static YaraRules Compile(string rules) => YaraRules.Compile([new YaraSource("t.yar", Encoding.Latin1.GetBytes(rules))], Facts);

    /// <summary>Names of the rules that hold.</summary>
    public static string[] Of(string rules, string data) => [.. Compile(rules).Scan(Encoding.Latin1.GetBytes(data), Facts).Matches.Select(match => match.Rule)];

    /// <summary>Whether a rule with these strings and this condition holds.</summary>
    public static bool Holds(string strings, string condition, string data) => Of($"import \"hash\" import \"math\" rule r {{ {(strings.Length > 0 ? $"strings: {strings}" : "")} condition: {condition} }}", data).Length == 1;

    /// <summary>Places of all strings.</summary>
    public static string Places(string strings, string data) =>
        string.Join(' ', YaraRules.Compile([new YaraSource("t.yar", Encoding.Latin1.GetBytes($"rule r {{ strings: {strings} condition: any of them }}"))], null, findsAll: true)
            .Scan(Encoding.Latin1.GetBytes(data)).Matches.SelectMany(match => match.Strings).Select(found => FormattableString.Invariant($"{found.Offset}:{found.Length}")));

    /// <summary>Why a rule is skipped.</summary>
    public static string Skipped(string rules) => Compile(rules).Skipped.Single().Reason;

    /// <summary>What is wrong with rules.</summary>
    public static string Problem(string rules) => Assert.ThrowsExactly<YaraException>(() => Compile(rules)).Problem;
}
