using System.Diagnostics;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>What a record costs, how fast logs are verified and searched, and what many skills at once lose to each other.</summary>
internal static class AuditCommand
{
    private const int Calls = 20_000;
    private const int Rounds = 15;
    private const int LargeRecords = 1_000_000;

    private const string Echo = """
        (module
          (import "extism:host/env" "input_offset" (func $offset (result i64)))
          (import "extism:host/env" "input_length" (func $length (result i64)))
          (import "extism:host/env" "output_set" (func $output (param i64 i64)))
          (func (export "run") (result i32) (local $i i32)
            (local.set $i (i32.const 100000))
            (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
            (call $output (call $offset) (call $length)) (i32.const 0)))
        """;

    public static int Run(string[] parts, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("audit-");
        try
        {
            if (Wants("demands"))
            {
                Demands(Path.Combine(folder.FullName, "demands.jsonl"), output);
            }

            if (Wants("large"))
            {
                Large(Path.Combine(folder.FullName, "large.jsonl"), output);
            }

            if (Wants("concurrent"))
            {
                Concurrent(Path.Combine(folder.FullName, "concurrent"), output).GetAwaiter().GetResult();
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        bool Wants(string part) => parts.Length == 0 || parts.Contains(part);
    }

    /// <summary>A demand, its lease and its outcome, beside writes of lines as long.</summary>
    private static void Demands(string path, TextWriter output)
    {
        using var log = AuditLog.Open(path, TimeProvider.System);
        var allocated = 0L;
        var ours = Median(() =>
        {
            var call = Call(log);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var time = Time(() =>
            {
                var lease = call.Demand(Capability.HostFunction, "acme_db.query", "granted", default);
                lease.Take(Capability.HostFunction, "acme_db.query");
                lease.Close("ok");
            });
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
            return time;
        });
        var lengths = File.ReadLines(path).TakeLast(2).Select(line => line.Length + 1).ToArray();
        var lines = new byte[lengths.Sum()];
        Array.Fill(lines, (byte)'x');
        using var file = File.OpenHandle(path + ".bare", FileMode.Create, FileAccess.Write);
        long at = 0;
        var one = Median(() => Time(() =>
        {
            RandomAccess.Write(file, lines, at);
            at += lines.Length;
        }));
        var two = Median(() => Time(() =>
        {
            RandomAccess.Write(file, lines.AsSpan(0, lengths[0]), at);
            RandomAccess.Write(file, lines.AsSpan(lengths[0]), at + lengths[0]);
            at += lines.Length;
        }));
        output.WriteLine($"demand and done, {lines.Length} bytes, group durability: {ours:f2} us, {allocated} bytes allocated; one write of the bytes {one:f2} us, two {two:f2} us; beyond one write {ours - one:f2} us, beyond two {ours - two:f2} us");
    }

    private static GuestCall Call(AuditLog log) =>
        new(log, new SkillIdentity("acme.weather", "1.0.0", new string('a', 64)), "acme.weather.today", CallContext.None, new EffectiveGrant(), CancellationToken.None);

    private static void Large(string path, TextWriter output)
    {
        using (var log = AuditLog.Open(path, TimeProvider.System, AuditSettings.Default with { SegmentBytes = 1L << 40 }))
        {
            var call = Call(log);
            for (var i = 0; i < LargeRecords / 2; i++)
            {
                if (i % 20_000 == 0)
                {
                    call = Call(log);
                }

                var resource = $"GET https://api.example.com:443/v1/{i}";
                var lease = call.Demand(Capability.HttpEgress, resource, "grant", default);
                lease.Take(Capability.HttpEgress, resource);
                lease.Close("status 200", 100, 0);
            }
        }

        var bytes = new FileInfo(path).Length;
        AuditVerifier.Verify(path, new AuditExpectation());
        var start = Stopwatch.GetTimestamp();
        var report = AuditVerifier.Verify(path, new AuditExpectation());
        var verify = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"verify {report.Lines} lines, {bytes / 1e6:f0} MB: {verify.TotalSeconds:f2} s, {bytes / 1e6 / verify.TotalSeconds:f0} MB/s, intact {report.Intact}");
        start = Stopwatch.GetTimestamp();
        var found = 0;
        AuditQuery.Run([path], new AuditFilter().Field("skill", "acme.weather").Field("capability", "http.egress").Text("/v1/49999"), _ => ++found > 0);
        output.WriteLine($"query of {report.Lines} records: {found} found in {Stopwatch.GetElapsedTime(start).TotalSeconds:f2} s");
    }

    /// <summary>A thousand calls over fifty skills, beside the same calls one after the other.</summary>
    private static async Task Concurrent(string path, TextWriter output)
    {
        Directory.CreateDirectory(path);
        const int skills = 50, each = 20;
        var key = SigningKey.Generate();
        var log = Path.Combine(path, "log.jsonl");
        var host = SkillHost.Create(new SkillHostOptions
        {
            TrustedPublishers = { ["acme"] = [Convert.ToHexStringLower(key.PublicKey)] },
            Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
            AuditFile = log,
            Limits = { ConcurrentCalls = 1_000, ConcurrentCallsPerSkill = each },
        });
        var expected = 0;
        await using (host.ConfigureAwait(false))
        {
            var loaded = Enumerable.Range(0, skills).Select(i => host.LoadSkill(Package(path, i, key))).ToList();
            var singles = new List<double>();
            var togethers = new List<double>();
            for (var round = 0; round < 60; round++)
            {
                var start = Stopwatch.GetTimestamp();
                foreach (var (skill, i) in loaded.SelectMany((skill, i) => Enumerable.Range(0, each).Select(j => (skill, (i * each) + j))))
                {
                    Check(await skill.CallAsync("acme.run", $"{i}").ConfigureAwait(false), i);
                }

                singles.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                start = Stopwatch.GetTimestamp();
                await Task.WhenAll(loaded.SelectMany((skill, i) => Enumerable.Range(0, each).Select(async j => Check(await skill.CallAsync("acme.run", $"{(i * each) + j}").ConfigureAwait(false), (i * each) + j)))).ConfigureAwait(false);
                togethers.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                expected += 2 * skills * each;
            }

            const int calls = skills * each;
            var (single, together) = (singles.TakeLast(30).Order().ElementAt(15), togethers.TakeLast(30).Order().ElementAt(15));
            output.WriteLine($"{calls} calls over {skills} skills: {calls / single:f0}/s one after the other, {calls / together:f0}/s together on {Environment.ProcessorCount} processors: {calls / together / (calls / single * Environment.ProcessorCount):f2} of their sum");
        }

        var report = AuditVerifier.Verify(log, new AuditExpectation());
        var recorded = File.ReadLines(log).Count(line => line.Contains("\"type\":\"call\"", StringComparison.Ordinal));
        output.WriteLine($"records of calls: {recorded} of {expected}, chain {(report.Intact ? "holds" : "BROKEN")}");

        static void Check(SkillCallResult result, int i)
        {
            if (result.Text != $"{i}")
            {
                throw new InvalidOperationException($"call {i} got the answer of another: {result.Text}");
            }
        }
    }

    private static string Package(string folder, int number, SigningKey key)
    {
        var manifest = $$"""
            skill_id = "acme.s{{number}}"
            name = "S"
            version = "1.0.0"
            publisher = "acme"
            [[entrypoints.tools]]
            id = "acme.run"
            name = "run"
            description = "runs"
            input_schema = {}
            output_schema = {}
            [compat]
            required_protocol_major = 1
            min_palyra_version = "0.1.0"
            """;
        var content = new PackageContent(
            System.Text.Encoding.UTF8.GetBytes(manifest),
            """{"bomFormat":"CycloneDX","specVersion":"1.6"}"""u8.ToArray(),
            """{"builder":{"id":"bench"},"subject":[{"name":"m"}]}"""u8.ToArray(),
            [new ArchiveEntry("modules/m.wasm", TextModule.Encode(Echo))]);
        var path = Path.Combine(folder, $"{number}.palyra-skill");
        File.WriteAllBytes(path, PackageBuilder.Build(content, key, DateTimeOffset.UnixEpoch));
        return path;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Calls;
    }

    private static double Median(Func<double> measure)
    {
        for (var i = 0; i < 10; i++)
        {
            measure();
        }

        return Enumerable.Range(0, Rounds).Select(_ => measure()).Order().ElementAt(Rounds / 2);
    }
}
