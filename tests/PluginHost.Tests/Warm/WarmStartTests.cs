using System.Text;
using System.Threading.RateLimiting;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Hosting;
using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Tests.Warm;

/// <summary>What is kept between calls so that the next one is quick, and that nothing of the guest is.</summary>
[TestClass]
public sealed class WarmStartTests : IDisposable
{
    private const string Tool = "acme.run";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Package(string module, string id = "acme.test", string? capabilities = null) =>
        new TestPackage { Id = id, Modules = new() { ["m"] = module }, Capabilities = capabilities }.Write(_folder);

    private static async Task<string> Answer(Skill skill)
    {
        try
        {
            return Encoding.UTF8.GetString((await skill.CallAsync(Tool, "")).Output.Span);
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    [TestMethod]
    public async Task NothingOfACall_IsSeenByTheNext_HoweverManyThereAre()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package(CountingGuest.Text));
        for (var i = 0; i < 50; i++)
        {
            Assert.AreEqual("1111", await Answer(skill));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => Answer(skill))));
        Assert.IsTrue(answers.All(answer => answer == "1111"));
    }

    [TestMethod]
    public async Task NothingOfACallThatTrapped_IsSeenByTheNext()
    {
        await using var host = TestHosts.Create(options => options.Limits.FailureRatio = 1);
        var skill = host.LoadSkill(Package(CountingGuest.Text));
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsExactlyAsync<SkillTrapException>(() => skill.CallAsync(Tool, "t"));
            Assert.AreEqual("1111", await Answer(skill));
        }
    }

    [TestMethod]
    public async Task MemoryThatAGuestFilled_IsEmptyForTheNext()
    {
        // Answers with an error where any byte of its four pages is not zero, then fills them.
        const string fills = """
            (module (import "extism:host/env" "input_length" (func (result i64))) (memory 4)
              (func (export "run") (result i32) (local $i i32)
                (loop
                  (if (i64.ne (i64.load (local.get $i)) (i64.const 0)) (then (return (i32.const 1))))
                  (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 262144))))
                (memory.fill (i32.const 0) (i32.const 255) (i32.const 262144))
                (i32.const 0)))
            """;
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package(fills));
        for (var i = 0; i < 20; i++)
        {
            Assert.AreEqual("", await Answer(skill));
        }
    }

    [TestMethod]
    public async Task StartFunction_RunsWithinItsCall_OnceForEach()
    {
        // What it logs is demanded, so it has to have a call to be recorded under.
        var logged = 0;
        await using var host = TestHosts.Create(options => options.Log = _ => Interlocked.Increment(ref logged));
        var skill = host.LoadSkill(Package(GuestText.Of("").Replace("(func (export \"run\")", "(func $start (call $log (call $alloc (i64.const 1)))) (start $start) (func (export \"run\")", StringComparison.Ordinal)));

        for (var i = 1; i <= 5; i++)
        {
            var receipt = (await skill.CallAsync(Tool, "")).Receipt;
            Assert.AreEqual(i, logged);
            Assert.AreEqual(1, receipt.HostCalls.Single(pair => pair.Key.Name == "log").Value.Uses);
        }
    }

    [TestMethod]
    public async Task GuestThatCannotBeMade_EndsEachCallByTheSame()
    {
        const string outside = """(module (import "extism:host/env" "input_length" (func (result i64))) (memory 1) (data (i32.const 65536) "x") (func (export "run") (result i32) (i32.const 0)))""";
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Package(outside));

        Assert.AreEqual("trap.memory-out-of-bounds trap.memory-out-of-bounds trap.memory-out-of-bounds", $"{await Answer(skill)} {await Answer(skill)} {await Answer(skill)}");
    }

    [TestMethod]
    public async Task ImportThatIsNamedTwice_IsLinkedTwice()
    {
        const string twice = """
            (module
              (import "extism:host/user" "twice" (func $a (param i64) (result i64))) (import "extism:host/user" "twice" (func $b (param i64) (result i64)))
              (import "extism:host/env" "input_length" (func (result i64)))
              (func (export "run") (result i32) (drop (call $a (i64.const 0))) (drop (call $b (i64.const 0))) (i32.const 0)))
            """;
        var called = 0;
        await using var host = TestHosts.Create(options => options.Functions.Add("twice", (_, _) => { called++; return []; }));
        var skill = host.LoadSkill(Package(twice, capabilities: "[host]\nfunctions = [\"twice\"]"));

        Assert.AreEqual("", await Answer(skill));
        Assert.AreEqual(2, called);
    }

    [TestMethod]
    public async Task FunctionOfTheEmbedder_ThatAnInterfaceAnswers_IsNotAsked()
    {
        const string aborts = """(module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) (import "extism:host/env" "input_length" (func (result i64))) (memory (export "memory") 1) (func (export "run") (result i32) (call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)))""";
        await using var host = TestHosts.Create(options => options.Functions.Add("env.abort", (int _, int _, int _, int _) => { }));
        Assert.AreEqual("trap.abort", await Answer(host.LoadSkill(Package(aborts))));
    }

    [TestMethod]
    public async Task GuestThatIsCostlyToMake_IsNotMadeAhead()
    {
        await using var host = TestHosts.Create();
        foreach (var costly in new[] { "(memory 300)", "(memory 1) (memory 1)", "(table 100000 funcref)", "(memory 17) (data (i32.const 0) \"" + new string('x', (1 << 20) + 1) + "\")", "(memory 1) (func $s) (start $s)" })
        {
            using var module = SandboxedModule.Load(TextModule.Encode($"(module {costly})"));
            Assert.AreEqual(0, module.ReadyBytes, costly[..12]);
        }

        using var cheap = SandboxedModule.Load(TextModule.Encode("(module (memory 2) (table 10 funcref))"));
        Assert.IsGreaterThanOrEqualTo(2 * WasmMemory.PageSize, cheap.ReadyBytes);
    }

    [TestMethod]
    public async Task ModuleThatSkillsHaveInCommon_IsCompiledOnce_AndKeptForAWhile()
    {
        await using var host = TestHosts.Create();
        var (one, other) = (host.LoadSkill(Package(CountingGuest.Text)), host.LoadSkill(Package(CountingGuest.Text, "acme.other")));
        Assert.AreEqual(1, host.Services.Modules.Count);
        _ = host.LoadSkill(Package(TestPackage.Echo, "acme.third"));
        Assert.AreEqual(2, host.Services.Modules.Count);

        await one.DisposeAsync();
        Assert.AreEqual("1111", await Answer(other));
        await other.DisposeAsync();
        Assert.AreEqual(2, host.Services.Modules.Count);

        Assert.AreEqual("1111", await Answer(host.LoadSkill(Package(CountingGuest.Text))));
        Assert.AreEqual(2, host.Services.Modules.Count);
    }

    [TestMethod]
    public async Task WhatALoadedSkillTakes_IsReserved_AndGivenBack()
    {
        await using var host = TestHosts.Create();
        var free = Free(host);
        var skill = host.LoadSkill(Package(CountingGuest.Text));
        await Answer(skill);
        Assert.IsLessThanOrEqualTo(free - (256 * 1024) - WasmMemory.PageSize, Free(host), "its code, and the guest that waits");

        await skill.DisposeAsync();
        host.Services.Modules.Dispose();

        // A guest gives its memory back a moment after its caller has the answer.
        for (var i = 0; i < 500 && Free(host) != free; i++)
        {
            await Task.Delay(10);
        }

        Assert.AreEqual(free, Free(host));
    }

    [TestMethod]
    public async Task LoadThatFindsNoRoom_IsRefused_AndLeavesNothingBehind()
    {
        await using var host = TestHosts.Create(options => options.Limits.HostMemoryBytes = 2 << 20);
        var free = Free(host);
        var codes = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            try
            {
                host.LoadSkill(Package($"(module (import \"extism:host/env\" \"input_length\" (func (result i64))) (memory 3) (func (export \"run\") (result i32) (i32.const {i})))", $"acme.test{i}"));
                codes.Add("ok");
            }
            catch (SkillLimitException e)
            {
                codes.Add(e.Code);
            }
        }

        Assert.AreEqual("ok ok ok limit.host-memory limit.host-memory limit.host-memory", string.Join(' ', codes));
        await Task.WhenAll(host.Services.Loaded.Keys.Select(skill => skill.DisposeAsync().AsTask()));
        host.Services.Modules.Dispose();
        Assert.AreEqual(free, Free(host));
    }

    [TestMethod]
    public void ModulesThatNobodyUses_AreDropped_TheOldestFirst_AndWhereRoomIsNeeded()
    {
        using var memory = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 20, QueueLimit = 0 });
        ModuleCache? made = null;
        using var cache = made = new ModuleCache(Reserve, unusedBytes: 2 * 300_000);
        var compiled = 0;
        CompiledModule Compile()
        {
            compiled++;
            return CompiledModule.Compile(WasmModule.Decode(TextModule.Encode("(module)")));
        }

        RateLimitLease Reserve(long bytes)
        {
            if (memory.AttemptAcquire(HostCallLimits.Pages(bytes)) is { IsAcquired: true } lease)
            {
                return lease;
            }

            made!.Trim();
            return memory.AttemptAcquire(HostCallLimits.Pages(bytes));
        }

        // Each takes 256 KiB and a little: five pages.
        IDisposable Use(string digest) => cache.Take(digest, 1, true, Compile).Use;
        Use("a").Dispose();
        Use("b").Dispose();
        Use("c").Dispose();
        Assert.AreEqual(2, cache.Count);
        Use("a").Dispose();
        Assert.AreEqual(4, compiled, "a was dropped, and is compiled again");
        Use("c").Dispose();
        Assert.AreEqual(4, compiled);

        var uses = new List<IDisposable> { Use("d"), Use("e"), Use("f"), Use("g") };
        Assert.AreEqual(4, cache.Count, "what nobody uses made room");
        Assert.AreEqual("limit.host-memory", Assert.ThrowsExactly<SkillLimitException>(() => Use("h")).Code);
        uses[0].Dispose();
        uses[0].Dispose();
        Use("h").Dispose();
        uses.ForEach(use => use.Dispose());
        cache.Dispose();
        Assert.AreEqual(20, memory.GetStatistics()!.CurrentAvailablePermits);
    }

    private static long Free(SkillHost host) => host.Services.Calls.Memory.GetStatistics()!.CurrentAvailablePermits * (long)HostCallLimits.PageBytes;
}
