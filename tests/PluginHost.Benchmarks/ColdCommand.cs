using System.Diagnostics;
using System.Globalization;
using System.Text;
using PluginHost.Wasm;

namespace PluginHost.Benchmarks;

/// <summary>
/// <c>cold MODULE [ROUNDS]</c>: from the bytes of the fixture rust-stats (a module of 81 KB that parses and prints numbers) to the end of its
/// first call, in a process that has done the same before.
/// </summary>
internal static class ColdCommand
{
    private const int Warming = 5;

    public static int Run(string[] arguments, TextWriter output)
    {
        var bytes = File.ReadAllBytes(arguments[0]);
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 21;
        var times = new List<double>();
        for (var i = 0; i < Warming + rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = Call(bytes);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (!answer.Contains("\"count\":3", StringComparison.Ordinal))
            {
                output.WriteLine($"unexpected: {answer}");
                return 1;
            }
        }

        var sorted = times.Skip(Warming).Order().ToArray();
        output.WriteLine(FormattableString.Invariant(
            $"{bytes.Length / 1024} KB: first {times[0]:F1} ms, then median {sorted[sorted.Length / 2]:F1}, worst {sorted[^1]:F1}"));
        return 0;
    }

    private static string Call(byte[] bytes)
    {
        var input = Encoding.UTF8.GetBytes("""{"values":[1.5,2,-3e2]}""");
        var memory = new byte[4096];
        var used = 8L;
        var result = "";
        string Text(long at, long length) => Encoding.UTF8.GetString(memory, (int)at, (int)length);
        var linker = new Linker()
            .Define("extism:host/env", "input_length", HostFunction.Create((Func<Caller, long>)(_ => input.Length)))
            .Define("extism:host/env", "input_load_u8", HostFunction.Create((Func<Caller, long, int>)((_, at) => input[at])))
            .Define("extism:host/env", "alloc", HostFunction.Create((Func<Caller, long, long>)((_, length) => (used += length) - length)))
            .Define("extism:host/env", "store_u8", HostFunction.Create((Action<Caller, long, int>)((_, at, value) => memory[at] = (byte)value)))
            .Define("extism:host/env", "output_set", HostFunction.Create((Action<Caller, long, long>)((_, at, length) => result = Text(at, length))))
            .Define("extism:host/env", "error_set", HostFunction.Create((Action<Caller, long>)((_, _) => result = "error")));
        using var store = new Store();
        linker.Instantiate(store, CompiledModule.Compile(WasmModule.Decode(bytes))).GetFunction("summarize")!.Invoke();
        return result;
    }
}
