using System.Diagnostics;
using System.Globalization;
using PluginHost.Scan;

namespace PluginHost.Benchmarks;

/// <summary>The <c>scan</c> verb: how fast a file is scanned by files of rules, and which rules hold. To be timed beside <c>yara</c> with the same arguments.</summary>
internal static class ScanCommand
{
    public static int WritePacks(string folder)
    {
        ScanPacks.Write(folder);
        return 0;
    }

    public static int Run(string file, string[] ruleFiles, int rounds)
    {
        var facts = new Dictionary<string, object> { ["section"] = "x", ["file"] = "x", ["wasm_imports"] = "x", ["wasm_exports"] = "x" };
        var watch = Stopwatch.StartNew();
        var rules = YaraRules.Compile(ruleFiles.Select(rule => new YaraSource(Path.GetFileName(rule), File.ReadAllBytes(rule))), facts);
        var compiled = watch.Elapsed;
        var data = File.ReadAllBytes(file);
        for (var round = 0; round < rounds; round++)
        {
            watch.Restart();
            var result = rules.Scan(data, facts);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rules.Count} rules compiled in {compiled.TotalMilliseconds:0} ms; {data.Length >> 20} MB in {watch.Elapsed.TotalSeconds:0.000} s, {data.Length / 1e6 / watch.Elapsed.TotalSeconds:0} MB/s: {string.Join(' ', result.Matches.Select(match => match.Rule))}"));
        }

        return 0;
    }
}
