using System.Text;
using PluginHost.Limits;
using PluginHost.Skills;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Warm;

/// <summary>Calls that meet the same guest, for one context, and nobody else's.</summary>
[TestClass]
public sealed class SessionTests : IDisposable
{
    private const string Tool = "acme.run";
    private static readonly CallContext Alice = new() { Principal = "alice" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Package(string? module = null, string[]? tools = null, string? capabilities = null, string manifest = "") =>
        new TestPackage { Modules = new() { ["m"] = module ?? CountingGuest.Text }, Tools = tools ?? ["run"], Capabilities = capabilities, Manifest = manifest }.Write(_folder);

    private static async Task<string> Answer(Func<Task<SkillCallResult>> call)
    {
        try
        {
            return Encoding.UTF8.GetString((await call()).Output.Span);
        }
        catch (SkillException e)
        {
            return e.Code;
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }

    private static Task<string> Answer(SkillSession session, string input = "", CancellationToken cancellation = default) => Answer(() => session.CallAsync(Tool, input, cancellation));

    [TestMethod]
    public async Task CallsOfASession_MeetOneGuest_InitializedOnce()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package());
        await using var session = skill.OpenSession(Alice);

        Assert.AreEqual("1111 2221 3331", $"{await Answer(session)} {await Answer(session)} {await Answer(session)}");
        Assert.AreEqual("1111", await Answer(() => skill.CallAsync(Tool, "")), "a call outside has a guest of its own");
        Assert.AreEqual("4441", await Answer(session));
    }

    [TestMethod]
    public async Task Sessions_DoNotSeeEachOther()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package());
        await using SkillSession one = skill.OpenSession(Alice), other = skill.OpenSession(new CallContext { Principal = "bob" });

        Assert.AreEqual("1111 2221 1111 3331", $"{await Answer(one)} {await Answer(one)} {await Answer(other)} {await Answer(one)}");
    }

    [TestMethod]
    [DataRow("trap", "t", "trap.unreachable")]
    [DataRow("fuel", "s", "limit.fuel")]
    [DataRow("denial", "d", "capability.denied")]
    public async Task CallThatDidNotEndByItself_EndsTheSession(string what, string input, string code)
    {
        await using var host = TestHosts.Create(options => options.Limits.CallFuel = 10_000_000);
        var skill = host.LoadSkill(Package());
        var session = skill.OpenSession(Alice);
        Assert.AreEqual("1111", await Answer(session));

        Assert.AreEqual(code, await Answer(session, input), what);

        Assert.AreEqual("guest.session-ended", await Answer(session));
        Assert.IsTrue(session.HasEnded);
        await session.DisposeAsync();
    }

    [TestMethod]
    public async Task CallOutOfTime_OrCancelled_EndsTheSession()
    {
        await using var host = TestHosts.Create(options =>
        {
            options.Limits.CallTime = TimeSpan.FromMilliseconds(200);
            options.Limits.CallFuel = long.MaxValue / 4;
        });
        var skill = host.LoadSkill(Package(manifest: "[capabilities.quotas]\nfuel_budget = 1000000000000000"));
        await using SkillSession late = skill.OpenSession(Alice), cancelled = skill.OpenSession(Alice);
        Assert.AreEqual("limit.time guest.session-ended", $"{await Answer(late, "s")} {await Answer(late)}");
        using var cancellation = new CancellationTokenSource(50);
        Assert.AreEqual("cancelled guest.session-ended", $"{await Answer(cancelled, "s", cancellation.Token)} {await Answer(cancelled)}");
    }

    [TestMethod]
    public async Task GuestThatReportsFailure_GoesOn()
    {
        await using var host = TestHosts.Create();
        await using var session = host.LoadSkill(Package()).OpenSession(Alice);

        Assert.AreEqual("guest.error 2221", $"{await Answer(session, "f")} {await Answer(session)}");
    }

    [TestMethod]
    public async Task CallThatWasRefused_LeavesTheSessionAsItWas_AndIsOnRecord()
    {
        var log = _folder["audit.jsonl"];
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = log;
            options.Limits.CallsPerSecondPerSkill = 2;
            options.Time = new SimulatedTime(DateTimeOffset.UtcNow);
        }))
        {
            await using var session = host.LoadSkill(Package()).OpenSession(Alice);
            Assert.AreEqual("1111 2221 limit.rate", $"{await Answer(session)} {await Answer(session)} {await Answer(session)}");
            ((SimulatedTime)host.Services.Time).Advance(TimeSpan.FromSeconds(1));
            Assert.AreEqual("3331", await Answer(session));
        }

        var calls = File.ReadAllLines(log).Where(line => line.Contains("\"type\":\"call\"", StringComparison.Ordinal)).ToList();
        Assert.HasCount(4, calls);
        Assert.IsTrue(calls.All(line => line.Contains("\"principal\":\"alice\"", StringComparison.Ordinal)), "each call is on record for the context of the session");
        Assert.ContainsSingle(line => line.Contains("\"outcome\":\"limit.rate\"", StringComparison.Ordinal), calls);
    }

    [TestMethod]
    public async Task CallsAtTheSameTime_AreMadeOneAfterTheOther()
    {
        await using var host = TestHosts.Create();
        await using var session = host.LoadSkill(Package()).OpenSession(Alice);

        var answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => Task.Run(() => Answer(session))));

        CollectionAssert.AreEquivalent(Enumerable.Range(1, 9).Select(i => $"{i}{i}{i}1").ToList(), answers);
    }

    [TestMethod]
    public async Task TooManyWaitingCalls_AreRefused()
    {
        using var release = new ManualResetEventSlim();
        await using var host = TestHosts.Create(options =>
        {
            options.Functions.Add("wait", (_, _) => { release.Wait(); return []; });
            options.Limits.QueuedCalls = 1;
            options.Limits.QueueTime = TimeSpan.FromSeconds(1);
        });
        const string waits = """(module (import "extism:host/user" "wait" (func $wait (param i64) (result i64))) (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (drop (call $wait (i64.const 0))) (i32.const 0)))""";
        await using var session = host.LoadSkill(Package(waits, capabilities: "[host]\nfunctions = [\"wait\"]")).OpenSession(Alice);
        var running = Answer(session);
        var waiting = Answer(session);

        Assert.AreEqual("limit.concurrency", await Answer(session));
        Assert.AreEqual("limit.queue-time", await waiting);
        release.Set();
        Assert.AreEqual("", await running);
        Assert.AreEqual("", await Answer(session));
    }

    [TestMethod]
    public async Task Program_HasNoSession()
    {
        const string program = """(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (memory (export "memory") 1) (func (export "_start")))""";
        await using var host = TestHosts.Create();
        await using var session = host.LoadSkill(Package(program, capabilities: "[tools.\"acme.run\"]\nexport = \"_start\"\nabi = \"wasi\"")).OpenSession(Alice);

        Assert.AreEqual("guest.session-program", await Answer(session));
        Assert.IsFalse(session.HasEnded);
    }

    [TestMethod]
    public async Task MemoryOfSessions_IsReserved_AndGivenBack()
    {
        await using var host = TestHosts.Create(options => { options.Limits.HostMemoryBytes = 600L << 20; options.Limits.QueueTime = TimeSpan.FromMilliseconds(100); });
        var skill = host.LoadSkill(Package(manifest: "[capabilities.quotas]\nmax_memory_bytes = 134217728"));
        var free = Free(host);
        var open = new List<SkillSession>();
        while (true)
        {
            open.Add(skill.OpenSession(Alice));
            if (await Answer(open[^1]) is "limit.host-memory" or "limit.queue-time")
            {
                break;
            }

            Assert.IsLessThan(10, open.Count);
        }

        Assert.IsLessThan(free, Free(host));
        foreach (var session in open)
        {
            await session.DisposeAsync();
        }

        await Until(() => Free(host) == free);
        await using var again = skill.OpenSession(Alice);
        Assert.AreEqual("1111", await Answer(again));
    }

    [TestMethod]
    public async Task MemoryOfASessionThatEnded_IsGivenBackAtOnce()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package());
        var free = Free(host);
        await using var session = skill.OpenSession(Alice);
        await Answer(session);
        Assert.IsLessThan(free, Free(host));

        await Answer(session, "t");

        await Until(() => Free(host) == free);
    }

    [TestMethod]
    public async Task MoreSessionsThanAllowed_AreRefused()
    {
        await using var host = TestHosts.Create(options => options.Limits.SessionsPerSkill = 2);
        var skill = host.LoadSkill(Package());
        var first = skill.OpenSession(Alice);
        _ = skill.OpenSession(Alice);
        Assert.AreEqual("limit.sessions", Assert.ThrowsExactly<SkillLimitException>(() => skill.OpenSession(Alice)).Code);

        await first.DisposeAsync();

        await skill.OpenSession(Alice).DisposeAsync();
    }

    [TestMethod]
    public async Task DisposedSkill_EndsItsSessions()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package());
        var session = skill.OpenSession(Alice);
        await Answer(session);

        await skill.DisposeAsync();

        Assert.IsTrue(session.HasEnded);
        Assert.AreEqual("guest.session-ended", await Answer(session));
        Assert.ThrowsExactly<ObjectDisposedException>(() => skill.OpenSession(Alice));
        await session.DisposeAsync();
    }

    [TestMethod]
    public async Task QuarantinedSkill_IsNotCalledInASessionEither()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package());
        await using var session = skill.OpenSession(Alice);
        await Answer(session);

        host.Quarantine(skill.Id, skill.Version, "test", "tester");

        Assert.AreEqual("policy.quarantined", await Answer(session));
    }

    [TestMethod]
    public async Task ToolsOfOneModule_ShareTheGuest_UnderTheSmallerOfTheirQuotas()
    {
        const string module = """
            (module
              (import "extism:host/env" "input_length" (func (result i64)))
              (memory (export "memory") 1)
              (func (export "small") (result i32) (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
              (func (export "large") (result i32) (i32.eq (memory.grow (i32.const 64)) (i32.const -1))))
            """;
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package(module, ["small", "large"], "[tools.\"acme.small\"]\nmemory_bytes = 1048576\n[tools.\"acme.large\"]"));
        await using var session = skill.OpenSession(Alice);

        Assert.AreEqual("", await Answer(() => skill.CallAsync("acme.large", "")));
        Assert.AreEqual("", await Answer(() => session.CallAsync("acme.small", "")));
        Assert.AreEqual("guest.error", await Answer(() => session.CallAsync("acme.large", "")));
    }

    [TestMethod]
    public async Task FuelAndTime_AreThoseOfEachCall()
    {
        await using var host = TestHosts.Create(options => options.Limits.CallFuel = 3_000);
        await using var session = host.LoadSkill(Package()).OpenSession(Alice);
        for (var i = 0; i < 100; i++)
        {
            Assert.IsLessThan(1_000, (await session.CallAsync(Tool, "")).Receipt.Fuel);
        }
    }

    [TestMethod]
    public async Task SessionThatIsDisposedWhileItsCallWaits_HoldsNothing_AndTheCallIsOnRecord()
    {
        var log = _folder["audit.jsonl"];
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = log;
            options.Limits.HostMemoryBytes = 200L << 20;
            options.Limits.DrainTime = TimeSpan.FromMilliseconds(200);
        }))
        {
            var skill = host.LoadSkill(Package(manifest: "[capabilities.quotas]\nmax_memory_bytes = 67108864"));
            var free = Free(host);
            var (one, other) = (skill.OpenSession(Alice), skill.OpenSession(Alice));
            await Answer(one);

            // The second session takes what the first left, so its call finds no room for itself.
            var waiting = Answer(other);
            await Task.Delay(100);
            Assert.IsFalse(waiting.IsCompleted);
            await other.DisposeAsync();
            await one.DisposeAsync();

            Assert.AreEqual("guest.session-ended", await waiting);
            await Until(() => Free(host) == free);
        }

        Assert.ContainsSingle(line => line.Contains("\"outcome\":\"guest.session-ended\"", StringComparison.Ordinal), File.ReadAllLines(log));
    }

    [TestMethod]
    public async Task ToolsOfTwoInterfaces_ShareAGuest_ThatIsInitializedForTheOneThatNeedsIt()
    {
        const string module = """
            (module
              (import "extism:host/env" "input_length" (func (result i64)))
              (import "palyra:plugins/host-capabilities@0.1.0" "http-count" (func (result i32)))
              (global $ready (mut i32) (i32.const 0))
              (func (export "_initialize") (global.set $ready (i32.const 1)))
              (func (export "plain") (result i32) (i32.const 0))
              (func (export "run") (result i32) (i32.eqz (global.get $ready))))
            """;
        await using var host = TestHosts.Create();
        await using var session = host.LoadSkill(Package(module, ["plain", "run"], "[tools.\"acme.plain\"]\nabi = \"palyra\"\n[tools.\"acme.run\"]\nabi = \"extism\"")).OpenSession(Alice);

        await session.CallAsync("acme.plain", "");

        Assert.AreEqual("", await Answer(session));
    }

    [TestMethod]
    public async Task CallAfterCall_NeedsNoPlaceInAQueue()
    {
        await using var host = TestHosts.Create(options => options.Limits.QueuedCalls = 0);
        await using var session = host.LoadSkill(Package(manifest: "[capabilities.quotas]\nfuel_budget = 1000000000")).OpenSession(Alice);
        for (var i = 1; i <= 9; i++)
        {
            Assert.AreEqual($"{i}{i}{i}1", await Answer(session));
        }
    }

    [TestMethod]
    public async Task SecretThatACallHasRead_IsWatchedInThoseAfterIt()
    {
        // The first call reads the secret into its memory; the second sends it.
        const string module = """
            (module
              (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
              (import "extism:host/env" "length" (func $length (param i64) (result i64)))
              (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
              (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
              (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
              (import "extism:host/env" "log_info" (func $log (param i64)))
              (memory 1) (data (i32.const 0) "skill:acme.test/PLAIN")
              (func $block (param $at i32) (param $size i32) (result i64) (local $h i64) (local $i i32)
                (local.set $h (call $alloc (i64.extend_i32_u (local.get $size))))
                (loop
                  (call $store (i64.add (local.get $h) (i64.extend_i32_u (local.get $i))) (i32.load8_u (i32.add (local.get $at) (local.get $i))))
                  (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $size))))
                (local.get $h))
              (func (export "read") (result i32) (local $h i64) (local $i i32)
                (local.set $h (call $config (call $block (i32.const 0) (i32.const 21))))
                (i32.store (i32.const 100) (i32.wrap_i64 (call $length (local.get $h))))
                (loop
                  (i32.store8 offset=104 (local.get $i) (call $load (i64.add (local.get $h) (i64.extend_i32_u (local.get $i)))))
                  (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.load (i32.const 100)))))
                (i32.const 0))
              (func (export "tell") (result i32) (call $log (call $block (i32.const 104) (i32.load (i32.const 100)))) (i32.const 0)))
            """;
        var logged = new List<string>();
        await using var host = TestHosts.Create(options =>
        {
            options.Secrets = name => name == "skill:acme.test/PLAIN" ? "s3cret-value-of-some-length" : null;
            options.Log = message => logged.Add(message.Text);
        });
        var skill = host.LoadSkill(Package(
            module, ["read", "tell"],
            "[tools.\"acme.read\"]\n[tools.\"acme.tell\"]\ngrants = []\n[secrets_read]\nkeys = [\"skill:acme.test/PLAIN\"]",
            "[[capabilities.secrets]]\nscope = \"skill:acme.test\"\nkey_names = [\"PLAIN\"]"));
        await using var session = skill.OpenSession(Alice);

        await session.CallAsync("acme.read", "");
        await session.CallAsync("acme.tell", "");

        Assert.HasCount(1, logged);
        Assert.DoesNotContain("s3cret", logged[0]);
    }

    private static long Free(SkillHost host) => host.Services.Calls.Memory.GetStatistics()!.CurrentAvailablePermits * (long)HostCallLimits.PageBytes;

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.IsTrue(condition());
    }
}
