using System.Diagnostics;
using System.Globalization;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>
/// How long after its deadline, or after a cancellation, a caller has its exception, by what the guest is doing, while
/// sixteen other guests spin.
/// </summary>
internal static class StoppingCommand
{
    private const int Spinning = 16;
    private const int Warmup = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(50);

    private static readonly Dictionary<string, string> Classes = new()
    {
        ["tight loop"] = Export("(loop (br 0))"),
        ["straight line"] = Export("(local i64) (loop " + string.Concat(Enumerable.Repeat("(local.set 0 (i64.mul (i64.xor (local.get 0) (i64.const 7)) (i64.const 9)))", 4_000)) + "(br 0))"),
        ["memory.fill of untouched memory"] = "(module (memory 2048) (func (export \"run\") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 134217728)) (br 0))))",
        ["memory.copy of untouched memory"] = "(module (memory 2048) (func (export \"run\") (loop (memory.copy (i32.const 1) (i32.const 0) (i32.const 134217727)) (br 0))))",
        ["memory.grow"] = "(module (memory 1) (func (export \"run\") (loop (drop (memory.grow (i32.const 1))) (br 0))))",
        ["recursion"] = "(module " + string.Concat(Enumerable.Range(0, 60).Select(i => $"(func $f{i} (call $f{i + 1}) (call $f{i + 1}))")) + "(func $f60) (export \"run\" (func $f0)))",
        ["first call of a huge function"] = "(module (func $huge (param i32) (result i32) "
            + string.Concat(Enumerable.Repeat("(local.set 0 (i32.mul (i32.xor (local.get 0) (i32.const 7)) (i32.const 9)))", 60_000))
            + "(local.get 0)) (func (export \"run\") (loop (drop (call $huge (i32.const 1))) (br 0))))",
        ["poll_oneoff"] = """
            (module (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1)
              (func (export "run") (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 3600000000000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """,
        ["fd_read of a stream that blocks"] = """
            (module (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1)
              (func (export "run") (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 64))
                (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 128)))))
            """,
        ["random_get"] = """
            (module (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32))) (memory (export "memory") 1)
              (func (export "run") (loop (drop (call $random (i32.const 0) (i32.const 1))) (br 0))))
            """,
    };

    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        var rounds = arguments is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 100;
        using var audit = AuditLog.InMemory(TimeProvider.System);
        using var end = new CancellationTokenSource();
        var threads = new EngineThreads(1_000);
        var pipeline = new CallPipeline(TimeProvider.System);
        var loop = Load(Classes["tight loop"]);
        var spinning = Enumerable.Range(0, Spinning).Select(_ => loop.CallAsync(threads, audit, Request(TimeSpan.FromHours(1)), end.Token, end.Token)).ToList();
        foreach (var (name, text) in Classes)
        {
            var byDeadline = Measure(rounds, text, (module, watch) => ByDeadline(pipeline, threads, audit, module, watch));
            var byCancellation = Measure(rounds, text, (module, watch) => ByCancellation(pipeline, threads, audit, module, watch));
            output.WriteLine($"{name,-34} deadline {Text(byDeadline)}   cancellation {Text(byCancellation)}");
        }

        end.Cancel();
        Task.WhenAll(spinning).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        return 0;
    }

    private static List<double> Measure(int rounds, string text, Func<SandboxedModule, Stopwatch, double> once)
    {
        var module = Load(text);
        var times = new List<double>();
        for (var i = -Warmup; i < rounds; i++)
        {
            // A huge function is only huge while it is compiled.
            module = text.Contains("$huge", StringComparison.Ordinal) ? Load(text) : module;
            var time = once(module, Stopwatch.StartNew());
            if (i >= 0)
            {
                times.Add(time);
            }
        }

        times.Sort();
        return times;
    }

    private static double ByDeadline(CallPipeline pipeline, EngineThreads threads, AuditLog audit, SandboxedModule module, Stopwatch watch)
    {
        var started = watch.Elapsed;
        var result = pipeline.ExecuteAsync(Deadline, token => module.CallAsync(threads, audit, Request(Deadline), token, CancellationToken.None), CancellationToken.None)
            .GetAwaiter().GetResult();
        return result.Stop?.Code == GuestStop.Time ? (watch.Elapsed - started - Deadline).TotalMilliseconds : throw new InvalidOperationException($"{result.Stop}");
    }

    private static double ByCancellation(CallPipeline pipeline, EngineThreads threads, AuditLog audit, SandboxedModule module, Stopwatch watch)
    {
        using var cancellation = new CancellationTokenSource();
        var call = pipeline.ExecuteAsync(
            TimeSpan.FromHours(1), token => module.CallAsync(threads, audit, Request(TimeSpan.FromHours(1)), token, cancellation.Token), cancellation.Token);
        Thread.Sleep(Deadline);
        var asked = watch.Elapsed;
        cancellation.Cancel();
        try
        {
            call.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
        }

        return (watch.Elapsed - asked).TotalMilliseconds;
    }

    private static GuestRequest Request(TimeSpan time) => new()
    {
        Identity = SkillIdentity.Unsigned("benchmark"),
        Entry = GuestEntry.Of("run", Skills.Inspection.GuestAbi.Wasi),
        Grant = new EffectiveGrant { RandomBytes = long.MaxValue },
        Limits = new GuestLimits { Time = time, MemoryBytes = 1L << 30 },
        Program = new Abi.Wasi.WasiProgram { Arguments = [], Input = new Blocking(), Output = Stream.Null, Error = Stream.Null },
    };

    private static SandboxedModule Load(string text) => SandboxedModule.Load(TextModule.Encode(text));

    private static string Export(string body) => $"(module (func (export \"run\") {body}))";

    private static string Text(List<double> times) => string.Create(
        CultureInfo.InvariantCulture, $"median {times[times.Count / 2],6:F1} ms, 99 % {times[(int)(times.Count * 0.99)],6:F1} ms, worst {times[^1],6:F1} ms");

    private sealed class Blocking : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            return 0;
        }
    }
}
