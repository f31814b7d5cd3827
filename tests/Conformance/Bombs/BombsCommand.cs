using System.Diagnostics;
using System.Globalization;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Bombs;

/// <summary>
/// The <c>bombs</c> verb: loads each module of the catalogue in a process of its own, calls it, and says what came of it,
/// how long it took and how much memory. Times are told, not judged; a process that dies is a failure.
/// </summary>
internal static class BombsCommand
{
    public static int Run(IReadOnlyList<string> names, TextWriter output)
    {
        int passed = 0, failed = 0;
        foreach (var name in names.Count > 0 ? names : [.. BombCatalog.All.Keys])
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(typeof(BombsCommand).Assembly.Location);
            start.ArgumentList.Add("child-bomb");
            start.ArgumentList.Add(name);
            using var child = Process.Start(start)!;
            var errors = child.StandardError.ReadToEndAsync();
            var answer = child.StandardOutput.ReadToEnd().Trim();
            child.WaitForExit();
            var good = child.ExitCode == 0;
            passed += good ? 1 : 0;
            failed += good ? 0 : 1;
            output.WriteLine($"{name,-34} {(good ? answer : $"exit code {child.ExitCode}: {errors.Result}")}");
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>The child: one module.</summary>
    public static int RunOne(string name, TextWriter output)
    {
        // What every process pays once is not the bomb's doing.
        Execute(BombModule.Of(_ => { }));
        var bytes = BombCatalog.All[name]();
        GC.Collect();
        var before = Process.GetCurrentProcess().PeakWorkingSet64;
        var watch = Stopwatch.StartNew();
        var outcome = Execute(bytes);
        var peak = Process.GetCurrentProcess();
        peak.Refresh();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{bytes.Length / 1024.0,8:F0} KB {watch.Elapsed.TotalMilliseconds,8:F0} ms {(peak.PeakWorkingSet64 - before) >> 20,6} MiB more   {outcome}"));
        return 0;
    }

    private static string Execute(byte[] bytes)
    {
        try
        {
            using var store = new Store { Fuel = 1_000_000_000 };
            var compiled = CompiledModule.Compile(WasmModule.Decode(bytes));
            var result = new Linker().Instantiate(store, compiled).GetFunction("run")!.Invoke(WasmValue.FromI32(1));
            return $"answered {result[0].I32}";
        }
        catch (WasmModuleException refused)
        {
            return $"{refused.GetType().Name}: {refused.Message}";
        }
        catch (WasmTrapException trap)
        {
            return $"trap {trap.Kind}";
        }
    }
}
