using PluginHost.Capabilities;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Http;

namespace PluginHost.Tests.Hosting;

/// <summary>Tools that call tools of other skills: whose rights count, whose quotas, and where it ends.</summary>
[TestClass]
public sealed class SkillToSkillTests : IDisposable
{
    private const string Imports = """
        (import "extism:host/user" "skill_call" (func $call (param i64 i64) (result i64)))
        (import "extism:host/user" "skill_error" (func $failure (result i64)))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A skill that hands its input to a tool, and answers with its output or, after a "!", its error.</summary>
    private static TestPackage Caller(string id, string tool, string called, string more = "", string manifest = "") => new()
    {
        Id = id,
        Tools = [tool],
        Manifest = manifest,
        Modules = new()
        {
            ["m"] = GuestText.Of(
                $$"""
                (local.set $r (call $call {{{called}}} (call $input)))
                (if (i64.eq (local.get $r) (i64.const -1)) (then (call $out (call $failure))) (else (call $out (local.get $r))))
                """,
                Imports).Replace("(func (export \"run\") (result i32)", $"(func (export \"{tool}\") (result i32) (local $r i64)", StringComparison.Ordinal),
        },
        Capabilities = $"[calls]\ntools = [\"{called}\"]\n{more}",
    };

    private static TestPackage Callee(string id, string tool, string body = "(call $out (call $input))", string capabilities = "", string manifest = "", string imports = "") => new()
    {
        Id = id,
        Tools = [tool],
        Manifest = manifest,
        Modules = new() { ["m"] = GuestText.Of(body, imports).Replace("(export \"run\")", $"(export \"{tool}\")", StringComparison.Ordinal) },
        Capabilities = capabilities,
    };

    [TestMethod]
    public async Task Tool_OfAnotherSkill_Answers_AndBothCallsAreOnRecord()
    {
        var log = _folder["log"];
        await using (var host = TestHosts.Create(options => options.AuditFile = log))
        {
            host.LoadSkill(Callee("acme.b", "echo").Write(_folder));
            var skill = host.LoadSkill(Caller("acme.a", "relay", "acme.echo").Write(_folder));

            Assert.AreEqual("hello", (await skill.CallAsync("acme.relay", "hello", new CallContext { Principal = "ann" })).Text);
        }

        var text = File.ReadAllText(log);
        StringAssert.Contains(text, "\"capability\":\"skill.call\",\"resource\":\"acme.echo\",\"decision\":\"allow\"");
        StringAssert.Matches(text, new System.Text.RegularExpressions.Regex("\"type\":\"call\",\"call\":\"[0-9a-f]+\",\"skill\":\"acme.b\".*\"principal\":\"ann\""));
    }

    [TestMethod]
    public async Task Tool_ThatWasNotGranted_IsDenied()
    {
        await using var host = TestHosts.Create();
        host.LoadSkill(Callee("acme.b", "echo").Write(_folder));
        var package = Caller("acme.a", "relay", "acme.echo") with { Capabilities = "[calls]\ntools = [\"acme.other\"]" };

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(package.Write(_folder)).CallAsync("acme.relay", ""));
        Assert.AreEqual((Capability.SkillCall, "acme.echo"), (denied.Capability, denied.Resource));
    }

    [TestMethod]
    public async Task Failure_OfTheCallee_IsTold_AndTheCallerGoesOn()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Caller("acme.a", "relay", "acme.b").Write(_folder));
        Assert.AreEqual("no loaded skill has the tool 'acme.b'", (await skill.CallAsync("acme.relay", "")).Text);

        var callee = host.LoadSkill(Callee("acme.b", "b", "(unreachable)").Write(_folder));
        Assert.AreEqual("trap.unreachable", (await skill.CallAsync("acme.relay", "")).Text);
        await callee.DisposeAsync();

        host.LoadSkill((Callee("acme.b", "b", "(call $error_set {out of milk})") with { Version = "1.0.1" }).Write(_folder));
        Assert.AreEqual("out of milk", (await skill.CallAsync("acme.relay", "")).Text);
    }

    [TestMethod]
    public async Task CalleeWhoseCallsTrap_IsStopped_AndTriedAgainByItsCallers()
    {
        var time = new SimulatedTime(DateTimeOffset.UtcNow);
        await using var host = TestHosts.Create(options => options.Time = time);
        host.LoadSkill(Callee("acme.b", "b", "(if (i64.eqz (call $length (call $input))) (then (unreachable))) (call $out (call $input))").Write(_folder));
        var skill = host.LoadSkill(Caller("acme.a", "relay", "acme.b").Write(_folder));
        async Task<string> Relay(string input) => (await skill.CallAsync("acme.relay", input)).Text;
        for (var i = 0; i < 20; i++)
        {
            Assert.AreEqual("trap.unreachable", await Relay(""));
        }

        Assert.AreEqual("limit.circuit", await Relay("well"));
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.AreEqual("well", await Relay("well"), "after a while one call is tried");
        Assert.AreEqual("again", await Relay("again"));
    }

    [TestMethod]
    public async Task CallerWithNothingLeft_DoesNotGetItsCalleeStopped()
    {
        await using var host = TestHosts.Create();
        host.LoadSkill(Callee("acme.b", "b", "(local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 100000)))) (call $out (call $input))".Replace("(local $i i32) ", "", StringComparison.Ordinal).Replace("(local.set $i (i32.add (local.get $i) (i32.const 1)))", "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))", StringComparison.Ordinal).Replace("(i32.lt_u (local.get $i)", "(i32.lt_u (i32.load (i32.const 0))", StringComparison.Ordinal)).Write(_folder));
        var poor = Enumerable.Range(0, 2).Select(i => host.LoadSkill(Caller($"acme.a{i}", $"poor{i}", "acme.b", manifest: "[capabilities.quotas]\nfuel_budget = 20000").Write(_folder))).ToList();
        var rich = host.LoadSkill(Caller("acme.c", "rich", "acme.b").Write(_folder));

        // Two of them, each less often than would stop itself.
        for (var i = 0; i < 30; i++)
        {
            var ended = "";
            try
            {
                ended = (await poor[i % 2].CallAsync($"acme.poor{i % 2}", "x")).Text;
            }
            catch (SkillLimitException e)
            {
                // It has nothing left itself then.
                ended = e.Code;
            }

            Assert.AreEqual("limit.fuel", ended);
        }

        Assert.AreEqual("well", (await rich.CallAsync("acme.rich", "well")).Text);
    }

    [TestMethod]
    public async Task Circle_AndDepth_End()
    {
        await using var host = TestHosts.Create();
        host.LoadSkill(Caller("acme.b", "b", "acme.a").Write(_folder));
        var circle = host.LoadSkill(Caller("acme.a", "a", "acme.b").Write(_folder));
        Assert.AreEqual("'acme.a' is in the middle of a call already", (await circle.CallAsync("acme.a", "")).Text);

        for (var i = 1; i <= 6; i++)
        {
            host.LoadSkill((i == 6 ? Callee($"acme.s{i}", $"t{i}") : Caller($"acme.s{i}", $"t{i}", $"acme.t{i + 1}")).Write(_folder));
        }

        await using var other = TestHosts.Create();
        for (var i = 3; i <= 6; i++)
        {
            other.LoadSkill((i == 6 ? Callee($"acme.s{i}", $"t{i}") : Caller($"acme.s{i}", $"t{i}", $"acme.t{i + 1}")).Write(_folder));
        }

        var first = host.LoadSkill(Caller("acme.s0", "t0", "acme.t1").Write(_folder));
        Assert.AreEqual("skills call each other more than 4 deep", (await first.CallAsync("acme.t0", "deep")).Text);
        var near = other.LoadSkill(Caller("acme.s2", "t2", "acme.t4").Write(_folder));
        Assert.AreEqual("deep", (await near.CallAsync("acme.t2", "deep")).Text);
    }

    [TestMethod]
    public async Task Fuel_OfTheCallee_IsTheCallers()
    {
        await using var host = TestHosts.Create();
        host.LoadSkill(Callee("acme.b", "spin", "(loop (br 0))").Write(_folder));
        var skill = host.LoadSkill(Caller("acme.a", "relay", "acme.spin", manifest: "[capabilities.quotas]\nfuel_budget = 1000000").Write(_folder));

        var stopped = await Assert.ThrowsExactlyAsync<SkillLimitException>(() => skill.CallAsync("acme.relay", ""));
        Assert.AreEqual("limit.fuel", stopped.Code);
        Assert.AreEqual(1_000_000, stopped.Receipt!.Fuel);

        host.LoadSkill(Callee("acme.c", "work", "(local.set $i (i32.const 100000)) (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))") is var work
            ? (work with { Modules = new() { ["m"] = work.Modules["m"].Replace("(result i32) (local.set", "(result i32) (local $i i32) (local.set", StringComparison.Ordinal) } }).Write(_folder) : "");
        var counted = await host.LoadSkill(Caller("acme.d", "count", "acme.work").Write(_folder)).CallAsync("acme.count", "");
        Assert.IsTrue(counted.Receipt.Fuel > 300_000, $"{counted.Receipt.Fuel}");
    }

    [TestMethod]
    public async Task Approval_OfTheCallee_ThatFails_IsTold_AndBothAreOnRecord()
    {
        var log = _folder["log"];
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = log;
            options.Approve = (_, _) => throw new TaskCanceledException("the service that asks took too long");
        }))
        {
            host.LoadSkill((Callee("acme.b", "risky") with { RequiresApproval = true }).Write(_folder));

            Assert.AreEqual("consent.approval-failed", (await host.LoadSkill(Caller("acme.a", "relay", "acme.risky").Write(_folder)).CallAsync("acme.relay", "")).Text);
        }

        var text = File.ReadAllText(log);
        StringAssert.Contains(text, "\"skill\":\"acme.b\"");
        StringAssert.Contains(text, "\"outcome\":\"consent.approval-failed\"");
        StringAssert.Contains(text, "\"outcome\":\"failed\"");
    }

    /// <summary>What a caller has read it cannot send by another's hands, and what it may log is not refilled.</summary>
    [TestMethod]
    public async Task Secrets_AndQuotas_DoNotStartAfreshInTheCallee()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        const string allowed = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]\n";
        var logged = 0;
        await using var host = TestHosts.Create(options =>
        {
            options.Resolve["api.test:443"] = $"http://127.0.0.1:{server.Port}";
            options.Secrets = name => name == "global/KEY" ? "the secret value" : null;
            options.Log = _ => logged++;
        });
        host.LoadSkill(Callee(
            "acme.b", "post", "(drop (call $http {«\"url\":\"https://api.test/\",\"method\":\"POST\"»} (call $input)))", "[http.api]\nhost = \"api.test\"\n", allowed).Write(_folder));
        var thief = Caller("acme.a", "relay", "acme.post", "[http.api]\nhost = \"api.test\"\n[secrets_read]\nkeys = [\"global/KEY\"]\n", allowed + "[[capabilities.secrets]]\nscope = \"global\"\nkey_names = [\"KEY\"]");
        thief = thief with { Modules = new() { ["m"] = thief.Modules["m"].Replace("(call $input)", "(call $config (call $block (i32.const 2000) (i32.const 10)))", StringComparison.Ordinal).Replace("(memory", "(data (i32.const 2000) \"global/KEY\") (memory", StringComparison.Ordinal) } };

        Assert.AreEqual("capability.denied", (await host.LoadSkill(thief.Write(_folder)).CallAsync("acme.relay", "")).Text);
        Assert.IsEmpty(server.Requests);

        host.LoadSkill(Callee("acme.c", "log", "(call $log (call $input))").Write(_folder));
        var loud = Caller("acme.d", "loud", "acme.log");
        loud = loud with { Modules = new() { ["m"] = loud.Modules["m"].Replace("(local.set $r", "(loop (drop (call $call (call $block (i32.const 1024) (i32.const 8)) (call $input))) (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 20)))) (local.set $r", StringComparison.Ordinal).Replace("(local $r i64)", "(local $r i64) (local $n i32)", StringComparison.Ordinal) } };
        Assert.AreEqual("capability.denied", (await host.LoadSkill(loud.Write(_folder)).CallAsync("acme.loud", new string('x', 10_000))).Text);
        Assert.AreEqual(6, logged);
    }

    [TestMethod]
    public async Task Name_WithoutEnd_IsShortInTheDenial()
    {
        await using var host = TestHosts.Create();
        var package = Caller("acme.a", "relay", "acme.x") is var caller
            ? caller with { Modules = new() { ["m"] = caller.Modules["m"].Replace("(call $call (call $block (i32.const 1024) (i32.const 6))", "(call $call (call $alloc (i64.const 3000000))", StringComparison.Ordinal) } }
            : caller;

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(package.Write(_folder)).CallAsync("acme.relay", ""));
        Assert.IsTrue(denied.Message.Length < 5_000, $"{denied.Message.Length}");
    }

    [TestMethod]
    public async Task Deadline_OfTheCaller_StopsTheCallee()
    {
        await using var host = TestHosts.Create();
        host.LoadSkill(Callee("acme.b", "spin", "(loop (br 0))", manifest: "[capabilities.quotas]\nfuel_budget = 100000000000").Write(_folder));
        var skill = host.LoadSkill(Caller("acme.a", "relay", "acme.spin", manifest: "[capabilities.quotas]\nwall_clock_timeout_ms = 200\nfuel_budget = 100000000000").Write(_folder));

        Assert.AreEqual("limit.time", (await Assert.ThrowsExactlyAsync<SkillLimitException>(() => skill.CallAsync("acme.relay", ""))).Code);
    }

    /// <summary>The callee's own grant would do; the caller has none, or a narrower one.</summary>
    [TestMethod]
    [DataRow("", "capability.denied")]
    [DataRow("[http.api]\nhost = \"api.test\"\nmethods = [\"POST\"]\n", "capability.denied")]
    [DataRow("[http.api]\nhost = \"api.test\"\npath_prefix = \"/other\"\n", "capability.denied")]
    [DataRow("[http.api]\nhost = \"api.test\"\npath_prefix = \"/v1/deep\"\n", "capability.denied")]
    [DataRow("[http.api]\nhost = \"api.test\"\n", "sunny")]
    public async Task Rights_OfTheCallee_AreWhatBothHave(string grant, string expected)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        await using var host = TestHosts.Create(options => options.Resolve["api.test:443"] = $"http://127.0.0.1:{server.Port}");
        const string allowed = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]";
        var direct = host.LoadSkill(Callee(
            "acme.b", "get", "(call $out (call $http {«\"url\":\"https://api.test/v1/x\"»} (i64.const 0)))", "[http.api]\nhost = \"api.test\"\npath_prefix = \"/v1\"\n", allowed).Write(_folder));
        Assert.AreEqual("sunny", (await direct.CallAsync("acme.get", "")).Text);

        using var second = new LoopbackServer(LoopbackServer.Ok("sunny"));
        await using var nested = TestHosts.Create(options => options.Resolve["api.test:443"] = $"http://127.0.0.1:{second.Port}");
        nested.LoadSkill(Callee(
            "acme.b", "get", "(call $out (call $http {«\"url\":\"https://api.test/v1/x\"»} (i64.const 0)))", "[http.api]\nhost = \"api.test\"\npath_prefix = \"/v1\"\n", allowed).Write(_folder));
        Assert.AreEqual(expected, (await nested.LoadSkill(Caller("acme.a", "relay", "acme.get", grant, allowed).Write(_folder)).CallAsync("acme.relay", "")).Text);
    }
}
