using Microsoft.Extensions.Options;
using PluginHost.Skills;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Limits;

/// <summary>What stands around calls, and what becomes of a skill that runs into it again and again.</summary>
[TestClass]
public sealed class CallLimitTests : IDisposable
{
    private const string Trap = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) unreachable))""";
    private const string Waits = """(module (import "extism:host/user" "wait" (func $wait (param i64) (result i64))) (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (drop (call $wait (i64.const 0))) (i32.const 0)))""";
    private static string Denied { get; } = GuestText.Of("(drop (call $http {«\"url\":\"https://a.test/\"»} (i64.const 0)))");
    private readonly TemporaryFolder _folder = new();
    private readonly SimulatedTime _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _folder.Dispose();

    private SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        options.Time = _time;
        configure?.Invoke(options);
    });

    private string Package(string module, string id = "acme.test", string manifest = "", string? capabilities = null) =>
        new TestPackage { Id = id, Modules = new() { ["m"] = module }, Manifest = manifest, Capabilities = capabilities }.Write(_folder);

    private static async Task<string> Code(Func<Task> call)
    {
        try
        {
            await call();
            return "ok";
        }
        catch (Exception e) when (e is SkillException)
        {
            return ((SkillException)e).Code;
        }
    }

    private static Task<string> Call(Skill skill, string tool = "acme.run") => Code(() => skill.CallAsync(tool, "x"));

    [TestMethod]
    public async Task CallsThatComeTooFast_AreRefused_AndToldWhenToComeAgain()
    {
        await using var host = Host(options => options.Limits.CallsPerSecondPerSkill = 2);
        var (skill, other) = (host.LoadSkill(Package(TestPackage.Echo)), host.LoadSkill(Package(TestPackage.Echo, "acme.other")));
        Assert.AreEqual("ok ok limit.rate", $"{await Call(skill)} {await Call(skill)} {await Call(skill)}");

        var refused = await Assert.ThrowsExactlyAsync<SkillLimitException>(() => skill.CallAsync("acme.run", ""));
        Assert.AreEqual(TimeSpan.FromSeconds(0.5), refused.RetryAfter);
        Assert.AreEqual("ok", await Call(other));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual("ok", await Call(skill));
    }

    [TestMethod]
    public async Task RateOfTheHost_HoldsForAllSkills()
    {
        await using var host = Host(options => options.Limits.CallsPerSecond = 2);
        var (skill, other) = (host.LoadSkill(Package(TestPackage.Echo)), host.LoadSkill(Package(TestPackage.Echo, "acme.other")));
        Assert.AreEqual("ok ok limit.rate", $"{await Call(skill)} {await Call(other)} {await Call(skill)}");
    }

    [TestMethod]
    public async Task WaitingForATurn_HasAnEnd()
    {
        using var release = new ManualResetEventSlim();
        await using var host = Host(options =>
        {
            options.Functions.Add("wait", (_, _) => { release.Wait(); return []; });
            options.Limits.ConcurrentCallsPerSkill = 1;
            options.Limits.QueueTime = TimeSpan.FromSeconds(5);
        });
        var skill = host.LoadSkill(Package(Waits, capabilities: "[host]\nfunctions = [\"wait\"]"));
        var running = Call(skill);
        var waiting = Call(skill);
        await Task.Delay(50);
        Assert.IsFalse(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.AreEqual("limit.queue-time", await waiting);
        release.Set();
        Assert.AreEqual("ok", await running);
    }

    [TestMethod]
    public async Task SkillWhoseCallsTrap_IsStoppedForAWhile_AndOthersAreNot()
    {
        await using var host = Host();
        var (bad, good) = (host.LoadSkill(Package(Trap)), host.LoadSkill(Package(TestPackage.Echo, "acme.good")));
        for (var i = 0; i < 20; i++)
        {
            Assert.AreEqual("trap.unreachable", await Call(bad));
        }

        var stopped = await Assert.ThrowsExactlyAsync<SkillLimitException>(() => bad.CallAsync("acme.run", ""));
        Assert.AreEqual("limit.circuit", stopped.Code);
        Assert.IsNotNull(stopped.RetryAfter);
        Assert.AreEqual("ok", await Call(good));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.AreEqual("trap.unreachable", await Call(bad), "after a while one call is tried");
        Assert.AreEqual("limit.circuit", await Call(bad));
    }

    [TestMethod]
    public async Task RefusalsAndDenials_DoNotDiluteFailures()
    {
        await using var host = Host(options => options.Limits.CallsPerSecondPerSkill = 25);
        var bad = host.LoadSkill(Package(Trap));
        var codes = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            codes.Add(await Call(bad));
        }

        Assert.HasCount(20, codes.Where(code => code == "trap.unreachable").ToList());
        Assert.AreEqual("limit.circuit", codes[20]);
    }

    [TestMethod]
    public async Task TrialThatIsRefused_DoesNotLetCallsThrough()
    {
        await using var host = Host(options => options.Limits.CallsPerSecondPerSkill = 20);
        var bad = host.LoadSkill(Package(Trap));
        for (var i = 0; i < 20; i++)
        {
            Assert.AreEqual("trap.unreachable", await Call(bad));
        }

        host.Reload(new SkillLimits { CallsPerSecondPerSkill = 0.001 });
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.AreEqual("limit.rate", await Call(bad), "the trial");
        host.Reload(new SkillLimits());
        Assert.AreEqual("limit.circuit", await Call(bad));
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    [DataRow(1e-13)]
    public async Task RateThatIsNoNumber_IsRefused(double rate)
    {
        await using var host = Host();
        Assert.ThrowsExactly<OptionsValidationException>(() => host.Reload(new SkillLimits { CallsPerSecond = rate }));
    }

    [TestMethod]
    public async Task MemoryOfAGuestThatDoesNotStop_StaysReserved()
    {
        using var release = new ManualResetEventSlim();
        await using var host = TestHosts.Create(options =>
        {
            options.Functions.Add("wait", (_, _) => { release.Wait(); return []; });
            options.Limits.HostMemoryBytes = 150L * 1024 * 1024;
            options.Limits.CallTime = TimeSpan.FromMilliseconds(100);
            options.Limits.QueueTime = TimeSpan.FromMilliseconds(100);
        });
        var stuck = host.LoadSkill(Package(Waits, capabilities: "[host]\nfunctions = [\"wait\"]"));
        var other = host.LoadSkill(Package(TestPackage.Echo, "acme.other"));
        Assert.AreEqual("limit.time", await Call(stuck));
        Assert.AreEqual("limit.queue-time", await Call(other), "its caller was released, its memory was not");
        release.Set();
        for (var i = 0; i < 500 && await Call(other) != "ok"; i++)
        {
            await Task.Delay(10);
        }

        Assert.AreEqual("ok", await Call(other));
    }

    [TestMethod]
    public async Task AllTheMemoryThereIs_IsALimitToo()
    {
        await using var host = TestHosts.Create(options => options.Limits.HostMemoryBytes = long.MaxValue);
        Assert.AreEqual("ok", await Call(host.LoadSkill(Package(TestPackage.Echo))));
    }

    [TestMethod]
    public async Task SkillThatIsStoppedAgainAndAgain_IsQuarantined()
    {
        await using var host = Host(options => options.Limits.QuarantineAfterBreaks = 3);
        var bad = host.LoadSkill(Package(Trap));
        var codes = new List<string>();
        for (var i = 0; i < 60 && (codes.Count == 0 || codes[^1] != "policy.quarantined"); i++)
        {
            codes.Add(await Call(bad));
            if (codes[^1] == "limit.circuit")
            {
                _time.Advance(TimeSpan.FromSeconds(16));
            }
        }

        Assert.AreEqual("policy.quarantined", codes[^1]);
        var error = await Assert.ThrowsExactlyAsync<SkillStatusException>(() => bad.CallAsync("acme.run", ""));
        StringAssert.Contains(error.Reason, "stopped 3 times within an hour");
    }

    [TestMethod]
    public async Task DenialsAndRefusals_StopNoCalls()
    {
        await using var host = Host(options => options.Limits.CallsPerSecondPerSkill = 60);
        var skill = host.LoadSkill(Package(Denied));
        var codes = new HashSet<string>();
        for (var i = 0; i < 80; i++)
        {
            codes.Add(await Call(skill));
        }

        Assert.DoesNotContain("limit.circuit", codes, string.Join(", ", codes));
        Assert.Contains("capability.denied", codes);
        Assert.Contains("limit.rate", codes);
    }

    [TestMethod]
    public async Task SkillThatProbes_IsQuarantined()
    {
        await using var host = Host(options => options.Limits.DenialsPerMinute = 20);
        var skill = host.LoadSkill(Package(Denied));
        for (var i = 0; i < 19; i++)
        {
            Assert.AreEqual("capability.denied", await Call(skill));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 20; i++)
        {
            await Call(skill);
        }

        var error = await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""));
        StringAssert.Contains(error.Reason, "denied 20 demands within a minute");
    }

    [TestMethod]
    public async Task QuotasThatAddUpToMoreThanTheMachineHas_WaitForEachOther()
    {
        const int skills = 50;
        using var release = new ManualResetEventSlim();
        var (inside, most) = (0, 0);
        await using var host = TestHosts.Create(options =>
        {
            options.Functions.Add("wait", (_, _) =>
            {
                var now = Interlocked.Increment(ref inside);
                for (int before; now > (before = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, before) != before;)
                {
                }

                release.Wait(60);
                Interlocked.Decrement(ref inside);
                return [];
            });
            options.Limits.HostMemoryBytes = 520L * 1024 * 1024;
            options.Limits.QueuedCalls = 500;
        });
        var loaded = Enumerable.Range(0, skills).Select(i => host.LoadSkill(Package(Waits, $"acme.test{i}", capabilities: "[host]\nfunctions = [\"wait\"]"))).ToList();

        var codes = await Task.WhenAll(loaded.SelectMany(skill => Enumerable.Range(0, 4).Select(_ => Task.Run(() => Call(skill)))));

        Assert.IsTrue(codes.All(code => code == "ok"), string.Join(", ", codes.Distinct()));
        Assert.IsTrue(most is >= 2 and <= 4, $"64 MiB for the guest and as much for the interface: {most} of them fit into 520 MiB");
    }

    [TestMethod]
    public async Task QuotaThatIsLargerThanAllThereIs_IsRefused()
    {
        await using var host = TestHosts.Create(options => options.Limits.HostMemoryBytes = 64L * 1024 * 1024);
        Assert.AreEqual("limit.host-memory", await Call(host.LoadSkill(Package(TestPackage.Echo))));
    }

    [TestMethod]
    public async Task TenThousandCalls_OfWhichOneInAHundredTraps_DisturbNobodyElse()
    {
        const int skills = 100;
        await using var host = TestHosts.Create(options =>
        {
            options.Limits.QueuedCalls = 20_000;
            options.Limits.QueueTime = TimeSpan.FromHours(1);
        });
        var bad = host.LoadSkill(Package(Trap, "acme.bad"));
        var good = Enumerable.Range(0, skills - 1).Select(i => host.LoadSkill(Package(TestPackage.Echo, $"acme.good{i}"))).ToList();

        var codes = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(async i => (IsBad: i % skills == 0, Code: await Call(i % skills == 0 ? bad : good[(i % skills) - 1]))));

        Assert.HasCount(9_900, codes.Where(call => !call.IsBad && call.Code == "ok").ToList());
        Assert.IsTrue(codes.Where(call => call.IsBad).All(call => call.Code is "trap.unreachable" or "limit.circuit"));
    }

    [TestMethod]
    public async Task ReloadedLimits_CountWhatRuns_AndAnOpenCircuitStaysOpen()
    {
        await using var host = Host();
        var bad = host.LoadSkill(Package(Trap));
        for (var i = 0; i < 20; i++)
        {
            await Call(bad);
        }

        Assert.AreEqual("limit.circuit", await Call(bad));
        host.Reload(new SkillLimits { FailureMinimumCalls = 30, CallsPerSecondPerSkill = 1_000 });
        Assert.AreEqual("limit.circuit", await Call(bad));
        _time.Advance(TimeSpan.FromSeconds(16));
        for (var i = 0; i < 500 && await Call(bad) == "limit.circuit"; i++)
        {
            await Task.Delay(10);
        }

        Assert.AreEqual("trap.unreachable", await Call(bad));

        var error = Assert.ThrowsExactly<OptionsValidationException>(() => host.Reload(new SkillLimits { ConcurrentCalls = 0, FailureRatio = 7 }));
        Assert.HasCount(2, error.Failures.ToList());
    }

    [TestMethod]
    public async Task WhatLimitsDo_IsCounted_AndStoppedCallsAreOnRecord()
    {
        using var counted = new LimitEvents();
        var log = _folder["audit.jsonl"];
        await using (var host = Host(options =>
        {
            options.AuditFile = log;
            options.Limits.CallsPerSecondPerSkill = 25;
        }))
        {
            var bad = host.LoadSkill(Package(Trap, "acme.counted"));
            for (var i = 0; i < 30; i++)
            {
                await Call(bad);
            }

            // The library tells of the opening a moment later, on another thread.
            await Task.Delay(300);
            _time.Advance(TimeSpan.FromSeconds(16));
            await Call(bad);
            await Task.Delay(300);
        }

        Assert.Contains("acme.counted circuit OnCircuitOpened", counted.Seen);
        var events = File.ReadAllLines(log).Where(line => line.Contains("\"skill\":\"acme.counted\"", StringComparison.Ordinal) && line.Contains("\"type\":\"lifecycle\"", StringComparison.Ordinal)).ToList();
        Assert.IsTrue(events.Exists(line => line.Contains("calls-stopped", StringComparison.Ordinal)), string.Join('\n', events));
        Assert.IsTrue(events.Exists(line => line.Contains("calls-tried", StringComparison.Ordinal)), string.Join('\n', events));
    }

    [TestMethod]
    public async Task CircuitThatIsOpen_StaysSoForTheRestOfItsTime_HoweverOftenLimitsChange()
    {
        await using var host = Host();
        var bad = host.LoadSkill(Package(Trap));
        for (var i = 0; i < 20; i++)
        {
            await Call(bad);
        }

        // The library tells of the opening a moment later, on another thread.
        await Task.Delay(300);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            host.Reload(new SkillLimits { FailureMinimumCalls = 30 + i });
            Assert.AreEqual("limit.circuit", await Call(bad));
        }

        _time.Advance(TimeSpan.FromSeconds(4));
        for (var i = 0; i < 500 && await Call(bad) == "limit.circuit"; i++)
        {
            await Task.Delay(10);
        }

        Assert.AreEqual("trap.unreachable", await Call(bad), "15 s after it opened, not after the last reload");
    }

    [TestMethod]
    public async Task LimitsOfLoads_FollowAReload()
    {
        await using var host = TestHosts.Create(options => options.Limits.ConcurrentLoads = 1);
        host.Reload(new SkillLimits { LoadTime = TimeSpan.FromMilliseconds(10) });
        var slow = new TestPackage { Modules = Enumerable.Range(0, 60).ToDictionary(i => $"m{i}", i => $"(module {string.Concat(Enumerable.Range(0, 4_000).Select(_ => $"(func (result i32) (i32.const {i}))"))})"), Capabilities = "[tools.\"acme.run\"]\nmodule = \"modules/m0.wasm\"\nabi = \"palyra\"" }.Write(_folder);

        using var counted = new LimitEvents();
        Assert.AreEqual("limit.load-time", await Code(() => host.LoadSkillAsync(slow)));
        Assert.Contains(" load-time OnTimeout", counted.Seen);
        host.Reload(new SkillLimits());
        Assert.AreNotEqual("limit.load-time", await Code(() => host.LoadSkillAsync(slow)));
    }

    [TestMethod]
    public async Task Limits_FollowOptionsThatChange()
    {
        var monitor = new Monitor(TestHosts.Options());
        monitor.CurrentValue.Time = _time;
        await using var host = SkillHost.Create(monitor);
        var skill = host.LoadSkill(Package(TestPackage.Echo));
        Assert.AreEqual("ok ok", $"{await Call(skill)} {await Call(skill)}");

        monitor.CurrentValue.Limits.CallsPerSecondPerSkill = 1;
        monitor.Change();
        Assert.AreEqual("ok limit.rate", $"{await Call(skill)} {await Call(skill)}");
        monitor.CurrentValue.Limits.CallsPerSecondPerSkill = -1;
        monitor.Change();
        Assert.AreEqual("limit.rate", await Call(skill), "what is wrong changes nothing");
    }

    private sealed class Monitor(SkillHostOptions options) : IOptionsMonitor<SkillHostOptions>
    {
        private Action<SkillHostOptions, string?>? _listener;

        public SkillHostOptions CurrentValue => options;

        public SkillHostOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<SkillHostOptions, string?> listener)
        {
            _listener = listener;
            return null;
        }

        public void Change() => _listener?.Invoke(options, null);
    }
}
