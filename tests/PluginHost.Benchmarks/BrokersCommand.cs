using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Http;
using PluginHost.Gate;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Cryptography;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>
/// What effects cost through the gate, beside the same without it; <c>stdout.mjs</c> is the other side of the lines. Figures go to
/// standard error, because standard output is one of the things that are measured.
/// </summary>
internal static class BrokersCommand
{
    private const int Rounds = 15;
    private const int Reads = 100;
    private const int Gets = 100;

    /// <summary>The runtime compiles what runs often again, in the background; the framework's own code comes compiled.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly EngineThreads Threads = new(4);
    private static readonly CallPipeline Pipeline = new(TimeProvider.System);

    /// <summary>Writes 10,000 lines of 20 bytes, each by itself.</summary>
    public const string Lines = """
        (module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1)
          (data (i32.const 64) "nineteen characters\n") (data (i32.const 16) "\40\00\00\00\14\00\00\00")
          (func (export "_start") (local i32) (local.set 0 (i32.const 10000))
            (loop (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))
              (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
        """;

    private const string ReadFile = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
          (memory (export "memory") 32) (data (i32.const 0) "f") (data (i32.const 16) "\00\00\10\00\00\00\10\00")
          (func (export "_start") (local i32) (local.set 0 (i32.const 100))
            (loop
              (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)) (then (unreachable)))
              (if (call $read (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 36)) (then (unreachable)))
              (if (i32.ne (i32.load (i32.const 36)) (i32.const 1048576)) (then (unreachable)))
              (drop (call $close (i32.load (i32.const 32))))
              (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
        """;

    private const string GetUrl = """
        (module
          (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
          (import "extism:host/env" "free" (func $free (param i64)))
          (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
          (import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
          (memory 1) (data (i32.const 0) "{\"url\":\"https://api.test/\"}")
          (func (export "run") (result i32) (local $n i32) (local $h i64) (local $i i32)
            (local.set $n (i32.const 100))
            (loop $again
              (local.set $h (call $alloc (i64.const 27)))
              (local.set $i (i32.const 0))
              (loop $copy
                (call $store (i64.add (local.get $h) (i64.extend_i32_u (local.get $i))) (i32.load8_u (local.get $i)))
                (br_if $copy (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 27))))
              (call $free (call $http (local.get $h) (i64.const 0)))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.const 0)))
        """;

    public static int Run(TextWriter output)
    {
        FileRead(output);
        Loopback(output, keeps: true);
        Loopback(output, keeps: false);
        ToolCall(output).GetAwaiter().GetResult();
        Output(output);
        return 0;
    }

    private static void FileRead(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("brokers-");
        var file = Path.Combine(folder.FullName, "f");
        File.WriteAllBytes(file, new byte[1 << 20]);
        using (var directory = HostDirectory.Open(folder.FullName))
        {
            var module = Load(ReadFile);
            var grant = new EffectiveGrant { Files = [new FileGrant("/", directory, CanWrite: false)] };
            var ours = Median(() => Call(module, GuestEntry.Start, grant).Time.TotalMicroseconds / Reads);
            var bare = Median(() => Time(() => File.ReadAllBytes(file), Reads));
            output.WriteLine($"read a file of 1 MiB: {ours:f0} us, File.ReadAllBytes {bare:f0} us, ratio {ours / bare:f2}");
        }

        folder.Delete(recursive: true);
    }

    private static void Loopback(TextWriter output, bool keeps)
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        new Thread(() => Serve(listener, keeps)) { IsBackground = true }.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        var settings = new ExtismSettings
        {
            Resolve = new ResolveMap(ImmutableDictionary<(string, int), ResolvedEndpoint>.Empty.Add(("api.test", 443), new ResolvedEndpoint(endpoint, Plain: true))),
        };
        var module = Load(GetUrl);
        var grant = new EffectiveGrant { Http = [new HttpGrant { Host = "api.test" }] };
        var ours = Median(() => Call(module, GuestEntry.Extism("run"), grant, settings).Time.TotalMicroseconds / Gets);
        using var client = new HttpClient();
        var bare = Median(() => Time(() => client.GetByteArrayAsync($"http://{endpoint}/").GetAwaiter().GetResult(), Gets));
        output.WriteLine($"loopback GET, {(keeps ? "one connection for a hundred" : "a connection each")}: {ours:f0} us, HttpClient {bare:f0} us, ratio {ours / bare:f2}");
    }

    private static void Serve(System.Net.Sockets.TcpListener listener, bool keeps)
    {
        var answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n{(keeps ? "" : "Connection: close\r\n")}\r\nhello");
        while (true)
        {
            System.Net.Sockets.TcpClient client;
            try
            {
                client = listener.AcceptTcpClient();
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException)
            {
                // Measured enough: nobody listens any more.
                return;
            }

            new Thread(() =>
            {
                using (client)
                {
                    var stream = client.GetStream();
                    var buffer = new byte[4096];
                    try
                    {
                        while (stream.Read(buffer) > 0)
                        {
                            stream.Write(answer);
                            if (!keeps)
                            {
                                break;
                            }
                        }
                    }
                    catch (IOException)
                    {
                        // The other side has gone.
                    }
                }
            }) { IsBackground = true }.Start();
        }
    }

    private static async Task ToolCall(TextWriter output)
    {
        const int calls = 500;
        var skills = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "fixtures", "skills");
        var key = SigningKey.Read(File.ReadAllBytes(Path.Combine(skills, "test-key.pem")), () => null);
        var host = SkillHost.Create(new SkillHostOptions
        {
            TrustedPublishers = { ["acme"] = [Convert.ToHexStringLower(key.PublicKey)] },
            Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
        });
        await using (host.ConfigureAwait(false))
        {
            var skill = host.LoadSkill(Path.Combine(skills, "text.palyra-skill"));
            var input = Encoding.ASCII.GetBytes(new string('x', 1024));
            var blocked = Median(() => Time(() => skill.CallAsync("acme.text.shout", input).GetAwaiter().GetResult(), calls));
            var awaited = Median(() => Awaited(() => skill.CallAsync("acme.text.shout", input), calls).GetAwaiter().GetResult());
            output.WriteLine($"call of a tool, 1 KiB in and out: {awaited:f0} us awaited, {blocked:f0} us where a thread blocks for it");
        }
    }

    private static void Output(TextWriter output)
    {
        var sink = Environment.GetEnvironmentVariable("NUL") is null ? Console.OpenStandardOutput() : Stream.Null;
        var module = Load(Lines);
        var ours = Median(() => Call(module, GuestEntry.Start, new EffectiveGrant(), output: sink).Time.TotalMilliseconds);
        output.WriteLine($"10,000 lines to standard output: {ours:f2} ms");
        File.WriteAllBytes(Path.Combine(Path.GetTempPath(), "lines.wasm"), TextModule.Encode(Lines));
    }

    private static SandboxedModule Load(string text) => SandboxedModule.Load(TextModule.Encode(text));

    private static GuestResult Call(SandboxedModule module, GuestEntry entry, EffectiveGrant grant, ExtismSettings? settings = null, Stream? output = null)
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        var request = new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(module.Digest),
            Entry = entry,
            Grant = grant,
            Extism = settings ?? new ExtismSettings(),
            Program = new WasiProgram { Arguments = ["program"], Input = Stream.Null, Output = output ?? Stream.Null, Error = Stream.Null },
        };
        var result = Pipeline.ExecuteAsync(
            request.Limits.Time, deadline => module.CallAsync(Threads, audit, request, deadline, CancellationToken.None), CancellationToken.None).GetAwaiter().GetResult();
        return result.Stop is { } stop ? throw new InvalidOperationException(stop.Message) : result;
    }

    private static double Time(Action action, int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }

    private static async Task<double> Awaited(Func<Task> action, int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            await action().ConfigureAwait(false);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }

    private static double Median(Func<double> measure)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            measure();
        }

        return Enumerable.Range(0, Rounds).Select(_ => measure()).Order().ElementAt(Rounds / 2);
    }
}
