using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Wast;

/// <summary>The <c>wast</c> verb: runs scripts, files or folders of them, and reports each.</summary>
internal static class WastCommand
{
    /// <summary>Deeply folded expressions are read recursively.</summary>
    private const int ReaderStack = 256 * 1024 * 1024;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        var json = arguments.Contains("--json");
        var options = new CompilationOptions { Metering = !arguments.Contains("--unmetered"), ForceFallback = arguments.Contains("--fallback") };
        if (Features(arguments) is not { } features)
        {
            output.WriteLine("wast: --features takes 2.0 or all");
            return 1;
        }

        var limits = new WasmLimits { Features = features };
        var paths = arguments.Where((argument, i) => !argument.StartsWith("--", StringComparison.Ordinal) && (i == 0 || arguments[i - 1] != "--features")).ToList();
        var files = paths.SelectMany(Files).ToList();
        if (files.Count == 0)
        {
            output.WriteLine("wast: no .wast file found");
            return 1;
        }

        var reports = new List<WastReport>();
        foreach (var file in files)
        {
            var report = OnLargeStack(() => WastRunner.Run(file, limits, options));
            reports.Add(report);
            if (!json)
            {
                Print(report, output);
            }
        }

        var passed = reports.Sum(report => report.Passed);
        var failed = reports.Sum(report => report.Failures.Count);
        if (json)
        {
            output.WriteLine(ToJson(reports).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }
        else
        {
            output.WriteLine($"{passed} passed, {failed} failed");
        }

        return failed == 0 ? 0 : 1;
    }

    private static WasmFeatures? Features(IReadOnlyList<string> arguments)
    {
        var at = arguments.ToList().IndexOf("--features");
        return at < 0 ? WasmFeatures.All : arguments.ElementAtOrDefault(at + 1) switch
        {
            "2.0" => WasmFeatures.None,
            "all" => WasmFeatures.All,
            _ => null,
        };
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [path];

    private static WastReport OnLargeStack(Func<WastReport> run)
    {
        WastReport? report = null;
        var thread = new Thread(() => report = run(), ReaderStack);
        thread.Start();
        thread.Join();
        return report!;
    }

    private static void Print(WastReport report, TextWriter output)
    {
        output.WriteLine($"{(report.Failures.Count == 0 ? "ok  " : "FAIL")} {report.File}: {report.Passed} passed, {report.Failures.Count} failed");
        foreach (var failure in report.Failures)
        {
            output.WriteLine($"  {report.File}:{failure.Line}: {failure.Command}: {failure.Reason}");
        }
    }

    private static JsonArray ToJson(IEnumerable<WastReport> reports) => new([.. reports.Select(report => (JsonNode)new JsonObject
    {
        ["file"] = report.File,
        ["passed"] = report.Passed,
        ["failures"] = new JsonArray([.. report.Failures.Select(failure => (JsonNode)new JsonObject
        {
            ["line"] = failure.Line,
            ["command"] = failure.Command,
            ["reason"] = failure.Reason,
        })]),
    })]);
}
