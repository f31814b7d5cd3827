using System.Diagnostics;
using System.Text;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Benchmarks;

/// <summary>
/// How soon a loaded skill answers: its first call, the next one after the other, the next ones of many callers at once, those of a session; and what a
/// skill that does nothing costs.
/// </summary>
internal static class WarmCommand
{
    private const string Tool = "acme.text.shout";
    private const int Callers = 64;
    private const int Samples = 20_000;
    private const int Idle = 40;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly byte[] Input = Encoding.ASCII.GetBytes(new string('x', 1024));

    private static string Package => Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "fixtures", "skills", "text.palyra-skill");

    public static async Task<int> Run(TextWriter output)
    {
        var host = Host();
        await using (host.ConfigureAwait(false))
        {
            await First(host, output, "first call of the process").ConfigureAwait(false);
            await First(host, output, "first call after the skill is loaded again").ConfigureAwait(false);
            var skill = host.LoadSkill(Package);
            await using (skill.ConfigureAwait(false))
            {
                Func<Task> call = () => skill.CallAsync(Tool, Input);
                await Repeat(call).ConfigureAwait(false);
                Print(output, "next call, one caller", await Latencies(call, 1).ConfigureAwait(false));
                Print(output, $"next call, {Callers} callers", await Latencies(call, Callers).ConfigureAwait(false));
                var session = skill.OpenSession(CallContext.None);
                await using (session.ConfigureAwait(false))
                {
                    call = () => session.CallAsync(Tool, Input);
                    await Repeat(call).ConfigureAwait(false);
                    Print(output, "next call of a session", await Latencies(call, 1).ConfigureAwait(false));
                }
            }
        }

        await IdleSkills(output).ConfigureAwait(false);
        return 0;
    }

    private static SkillHost Host()
    {
        var key = SigningKey.Read(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Package)!, "test-key.pem")), () => null);
        return SkillHost.Create(new SkillHostOptions
        {
            TrustedPublishers = { ["acme"] = [Convert.ToHexStringLower(key.PublicKey)] },
            Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
        });
    }

    private static async Task First(SkillHost host, TextWriter output, string what)
    {
        var start = Stopwatch.GetTimestamp();
        var skill = host.LoadSkill(Package);
        await using (skill.ConfigureAwait(false))
        {
            var loaded = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            await skill.CallAsync(Tool, Input).ConfigureAwait(false);
            output.WriteLine($"{what}: loaded in {loaded.TotalMilliseconds:f1} ms, answered in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms");
        }
    }

    private static async Task Repeat(Func<Task> call)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            await call().ConfigureAwait(false);
        }
    }

    private static async Task<double[]> Latencies(Func<Task> call, int callers)
    {
        var each = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var times = new double[Samples / callers];
            for (var i = 0; i < times.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await call().ConfigureAwait(false);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            return times;
        }))).ConfigureAwait(false);
        return [.. each.SelectMany(times => times).Order()];
    }

    private static void Print(TextWriter output, string what, double[] sorted) =>
        output.WriteLine($"{what}: median {sorted[sorted.Length / 2]:f0} us, 99th percentile {sorted[sorted.Length * 99 / 100]:f0} us, mean {sorted.Average():f0} us");

    /// <summary>Each in a host of its own, which shares nothing with the others.</summary>
    private static async Task IdleSkills(TextWriter output)
    {
        var before = Memory();
        var hosts = new List<SkillHost>();
        for (var i = 0; i < Idle; i++)
        {
            var host = Host();
            hosts.Add(host);
            await host.LoadSkill(Package).CallAsync(Tool, Input).ConfigureAwait(false);
        }

        var (managed, resident) = Memory();
        output.WriteLine($"a skill that was called once and waits, with a host of its own: {(managed - before.Managed) / 1024.0 / Idle:f0} KiB managed, {(resident - before.Resident) / 1024.0 / Idle:f0} KiB resident");
        foreach (var host in hosts)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(true), process.WorkingSet64);
    }
}
