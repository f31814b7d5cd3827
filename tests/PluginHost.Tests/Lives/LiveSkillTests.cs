using PluginHost.Skills;
using PluginHost.State;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Lives;

/// <summary>A skill whose version is exchanged while it is called.</summary>
[TestClass]
public class LiveSkillTests : IDisposable
{
    private const string Tool = "acme.run";
    private readonly TemporaryFolder _folder = new();

    public LiveSkillTests() => StateRoot.Create(State);

    private string State => _folder["state"];

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = State;

    private SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        Configure(options);
        configure?.Invoke(options);
    });

    /// <summary>A version that answers with its number.</summary>
    private string Package(string version, string? module = null, string id = "acme.test", string? capabilities = null, string publisher = "acme") =>
        new TestPackage { Version = version, Id = id, Publisher = publisher, Capabilities = capabilities, Modules = new() { ["m"] = module ?? GuestText.Of($"(call $out {{{version}}})") } }.Write(_folder);

    private static async Task<string> Call(LiveSkill skill) => (await skill.CallAsync(Tool, "")).Text;

    private static async Task<string> Code(Func<Task> action)
    {
        try
        {
            await action();
            return "ok";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    [TestMethod]
    public async Task NextVersion_TakesThePlace_AndTheOneBeforeEnds()
    {
        await using var host = Host();
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        var first = live.Current;
        var told = "";
        live.Exchanged += (_, e) => told = $"{e.Before} {e.After}";
        Assert.AreEqual("1.0.0", await Call(live));

        await live.ReplaceAsync(Package("1.1.0"));

        Assert.AreEqual("1.1.0", await Call(live));
        Assert.AreEqual("1.0.0 1.1.0", told);
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => first.CallAsync(Tool, ""));
        await Until(() => host.Services.Loaded.Count == 1);
        CollectionAssert.AreEqual(new[] { live.Current }, host.Services.Loaded.Keys.ToList());
    }

    [TestMethod]
    public async Task CallsThatRun_EndOnTheVersionThatTheyBeganOn()
    {
        using var release = new ManualResetEventSlim();
        await using var host = Host(options =>
        {
            options.Functions.Add("wait", (_, _) => { release.Wait(); return []; });
            options.Limits.DrainTime = TimeSpan.Zero;
        });
        const string capabilities = "[host]\nfunctions = [\"wait\"]";
        var waits = GuestText.Of("(drop (call $wait (i64.const 0))) (call $out {1.0.0})", """(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))""");
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0", waits, capabilities: capabilities));
        var before = live.Current;
        var running = Call(live);

        await live.ReplaceAsync(Package("1.1.0"));
        Assert.AreEqual("1.1.0", await Call(live));
        await Task.Delay(100);
        Assert.IsFalse(running.IsCompleted, "whatever the drain time is");
        release.Set();

        Assert.AreEqual("1.0.0", await running);
        await before.DisposeAsync();
    }

    [TestMethod]
    public async Task CallsAllTheTime_MeetOneVersionOrTheOther_AndNoneFails()
    {
        await using var host = Host();
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        using var end = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var answers = new List<string>();
            while (!end.IsCancellationRequested)
            {
                answers.Add(await Call(live));
            }

            return answers;
        })).ToList();
        for (var i = 1; i <= 8; i++)
        {
            await live.ReplaceAsync(Package($"1.{i}.0"));
        }

        await end.CancelAsync();
        foreach (var answers in await Task.WhenAll(callers))
        {
            CollectionAssert.AreEqual(answers.Order(StringComparer.Ordinal).ToList(), answers, "each caller sees versions go forward only");
        }
    }

    [TestMethod]
    public async Task VersionThatIsRefused_ChangesNothing()
    {
        var consent = true;
        await using var host = Host(options => options.Consent = (_, _) => ValueTask.FromResult(consent ? ConsentDecision.Accept : ConsentDecision.Refuse));
        await using var live = await host.LoadLiveSkillAsync(Package("1.1.0"));
        var damaged = Package("1.2.0");
        var bytes = File.ReadAllBytes(damaged);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(damaged, bytes);

        Assert.AreEqual("trust.downgrade", await Code(() => live.ReplaceAsync(Package("1.0.0"))));
        Assert.AreNotEqual("ok", await Code(() => live.ReplaceAsync(damaged)));
        Assert.AreEqual("policy.another-skill", await Code(() => live.ReplaceAsync(Package("1.2.0", id: "acme.other"))));
        Assert.AreEqual("inspection.import", await Code(() => live.ReplaceAsync(Package("1.2.0", GuestText.Of("", """(import "extism:host/user" "nobody" (func $x))""")))));
        consent = false;
        Assert.AreEqual("consent.refused", await Code(() => live.ReplaceAsync(Package("1.3.0"))));

        Assert.AreEqual("1.1.0", await Call(live));
        CollectionAssert.AreEqual(new[] { live.Current }, host.Services.Loaded.Keys.ToList());
    }

    [TestMethod]
    public async Task WhileConsentIsAskedFor_TheVersionBeforeAnswers()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<ConsentDecision>();
        await using var host = Host(options => options.Consent = async (request, _) =>
        {
            if (request.Version == "1.0.0")
            {
                return ConsentDecision.Accept;
            }

            asked.SetResult();
            return await answer.Task;
        });
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        var exchange = live.ReplaceAsync(Package("1.1.0"));
        await asked.Task;
        Assert.AreEqual("1.0.0", await Call(live));

        answer.SetResult(ConsentDecision.Accept);
        await exchange;

        Assert.AreEqual("1.1.0", await Call(live));
    }

    [TestMethod]
    public async Task OtherSkills_FindTheVersionThatTakesCalls_AtAnyTime()
    {
        await using var host = Host();
        var caller = GuestText.Of(
            "(call $out (call $skill_call {acme.run} (i64.const 0)))", """(import "extism:host/user" "skill_call" (func $skill_call (param i64 i64) (result i64)))""");
        var other = host.LoadSkill(new TestPackage { Id = "acme.caller", Tools = ["go"], Modules = new() { ["m"] = caller }, Capabilities = "[tools.\"acme.go\"]\nexport = \"run\"\n[calls]\ntools = [\"acme.run\"]" }.Write(_folder));
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        using var end = new CancellationTokenSource();
        var calling = Task.Run(async () =>
        {
            var answers = new HashSet<string>();
            do
            {
                answers.Add((await other.CallAsync("acme.go", "")).Text);
            }
            while (!end.IsCancellationRequested);
            return answers;
        });
        for (var i = 1; i <= 8; i++)
        {
            await live.ReplaceAsync(Package($"1.{i}.0"));
        }

        await end.CancelAsync();
        Assert.IsNotEmpty(await calling);
        Assert.IsTrue((await calling).All(answer => answer.StartsWith("1.", StringComparison.Ordinal)), string.Join(' ', await calling));
    }

    [TestMethod]
    public async Task Sessions_EndWithTheirVersion()
    {
        await using var host = Host();
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        await using var session = live.OpenSession(CallContext.None);
        await session.CallAsync(Tool, "");

        await live.ReplaceAsync(Package("1.1.0"));

        Assert.AreEqual("guest.session-ended", await Code(() => session.CallAsync(Tool, "")));
        await using var next = live.OpenSession(CallContext.None);
        Assert.AreEqual("1.1.0", (await next.CallAsync(Tool, "")).Text);
    }

    [TestMethod]
    public async Task InstalledSkill_FollowsWhatAnotherProcessInstalls_AndGoesBackTo()
    {
        await using var host = Host();
        host.Library.Install(Package("1.0.0"));
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test");
        Assert.AreEqual("1.0.0", await Call(live));

        await using (var operators = Host())
        {
            operators.Library.Install(Package("1.1.0"));
            await Until(() => live.Current.Version == "1.1.0");
            Assert.AreEqual("1.1.0", await Call(live));

            operators.Library.Rollback("acme.test", "test");
            await Until(() => live.Current.Version == "1.0.0");
        }

        Assert.AreEqual("1.0.0", await Call(live));
    }

    [TestMethod]
    public async Task VersionThatCannotBeFollowed_IsOnRecord_AndWhatRunsGoesOn()
    {
        var log = _folder["audit.jsonl"];
        await using (var host = Host(options =>
        {
            options.AuditFile = log;
            options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" ? ConsentDecision.Refuse : ConsentDecision.Accept);
        }))
        {
            host.Library.Install(Package("1.0.0"));
            await using var live = await host.LoadLiveInstalledSkillAsync("acme.test");
            host.Library.Install(Package("1.1.0"));
            await Until(() => Lines(log).Any(line => line.Contains("follow-failed", StringComparison.Ordinal)));
            Assert.AreEqual("1.0.0", await Call(live));

            host.Library.Install(Package("1.2.0"));
            await Until(() => live.Current.Version == "1.2.0");
        }

        StringAssert.Contains(Lines(log).First(line => line.Contains("follow-failed", StringComparison.Ordinal)), "\"code\":\"consent.refused\"");
        StringAssert.Contains(Lines(log).First(line => line.Contains("\"exchanged\"", StringComparison.Ordinal)), "\"before\":\"1.0.0\"");
    }

    [TestMethod]
    public async Task UpdateThatFails_LeavesTheLibraryAsItWas()
    {
        var refuses = true;
        await using var host = Host(options => options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" && refuses ? ConsentDecision.Refuse : ConsentDecision.Accept));
        host.Library.Install(Package("1.0.0"));
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);
        var registry = Directory.CreateDirectory(_folder["registry"]).FullName;
        File.Copy(Package("1.1.0"), Path.Combine(registry, "a.palyra-skill"));

        Assert.AreEqual("consent.refused", await Code(() => live.UpdateAsync(SkillRegistry.Folder(registry))));

        Assert.AreEqual("1.0.0", await Call(live));
        Assert.AreEqual("1.0.0 True Enabled", string.Join(", ", host.Library.List().Select(entry => $"{entry.Version} {entry.IsCurrent} {entry.Status}")));
        refuses = false;
        Assert.IsTrue(await live.UpdateAsync(SkillRegistry.Folder(registry)));
        Assert.AreEqual("1.1.0", await Call(live));
        Assert.IsFalse(await live.UpdateAsync(SkillRegistry.Folder(registry)));
    }

    [TestMethod]
    public async Task HostThatIsDisposed_WaitsForNoRetiringVersionLongerThanForAnyOther()
    {
        using var release = new ManualResetEventSlim();
        var host = Host(options =>
        {
            options.Functions.Add("wait", (_, call) => { release.Wait(call.Cancellation); return []; });
            options.Limits.DrainTime = TimeSpan.FromMilliseconds(100);
        });
        var waits = GuestText.Of("(drop (call $wait (i64.const 0)))", """(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))""");
        var live = await host.LoadLiveSkillAsync(Package("1.0.0", waits, capabilities: "[host]\nfunctions = [\"wait\"]"));
        var running = Call(live);
        await live.ReplaceAsync(Package("1.1.0"));

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        await live.DisposeAsync();
        await live.DisposeAsync();
    }

    [TestMethod]
    public async Task QuarantinedVersion_IsNotCalled_AndTheNextOneIs()
    {
        await using var host = Host();
        await using var live = await host.LoadLiveSkillAsync(Package("1.0.0"));
        host.Quarantine("acme.test", "1.0.0", "test", "tester");
        Assert.AreEqual("policy.quarantined", await Code(() => Call(live)));

        await live.ReplaceAsync(Package("1.1.0"));

        Assert.AreEqual("1.1.0", await Call(live));
    }

    [TestMethod]
    public async Task HandlerThatThrows_ChangesNothing()
    {
        await using var host = Host();
        host.Library.Install(Package("1.0.0"));
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);
        var told = false;
        live.Exchanged += (_, _) => throw new InvalidOperationException();
        live.Exchanged += (_, _) => told = true;

        Assert.IsTrue(await live.UpdateAsync(Package("1.1.0")));

        Assert.IsTrue(told);
        Assert.AreEqual("1.1.0", await Call(live));
        Assert.AreEqual("1.1.0", host.Library.Current("acme.test")!.Version);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task FailedUpdate_TellsItsOwnReason_AndLeavesNothing_WhateverBecameOfTheVersionBefore(bool quarantined)
    {
        await using var host = Host(options => options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" ? ConsentDecision.Refuse : ConsentDecision.Accept));
        var first = Package("1.0.0");
        LiveSkill live;
        if (quarantined)
        {
            host.Library.Install(first);
            live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);
            host.Quarantine("acme.test", "1.0.0", "test", "tester");
        }
        else
        {
            live = await host.LoadLiveSkillAsync(first);
        }

        await using (live)
        {
            Assert.AreEqual("consent.refused", await Code(() => live.UpdateAsync(Package("1.1.0"))));
            Assert.AreEqual(quarantined ? "1.0.0 Quarantined" : "", string.Join(", ", host.Library.List().Select(entry => $"{entry.Version} {entry.Status}")));
            Assert.AreEqual("trust.downgrade", await Code(() => live.ReplaceAsync(Package("0.9.0"))));
        }
    }

    [TestMethod]
    public async Task FailedUpdateToAnInstalledVersion_LeavesItInstalled_AndTheOneBeforeCurrent()
    {
        await using var host = Host(options => options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" ? ConsentDecision.Refuse : ConsentDecision.Accept));
        var (first, second) = (Package("1.0.0"), Package("1.1.0"));
        host.Library.Install(first);
        host.Library.Install(second);
        host.Library.Install(first, new SkillLoadOptions { AllowDowngrade = true });
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);

        Assert.AreEqual("consent.refused", await Code(() => live.UpdateAsync(second)));

        Assert.AreEqual("1.0.0", await Call(live));
        Assert.AreEqual("1.0.0", host.Library.Current("acme.test")!.Version);
        CollectionAssert.AreEqual(new[] { "1.0.0", "1.1.0" }, host.Library.List().Select(entry => entry.Version).ToArray());
        Assert.IsTrue(host.Library.List().All(entry => entry.Status == SkillStatus.Enabled));
    }

    [TestMethod]
    public async Task FailedUpdateToAnInstalledVersion_LeavesAQuarantineOfTheOneBefore_AsItWasImposed()
    {
        await using var host = Host(options => options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" ? ConsentDecision.Refuse : ConsentDecision.Accept));
        var (first, second) = (Package("1.0.0"), Package("1.1.0"));
        host.Library.Install(first);
        host.Library.Install(second);
        host.Library.Install(first, new SkillLoadOptions { AllowDowngrade = true });
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);
        host.Quarantine("acme.test", "1.0.0", "stolen key", "alice");

        Assert.AreEqual("consent.refused", await Code(() => live.UpdateAsync(second)));

        var held = host.Library.Skills.View().Find("acme.test", "1.0.0")!.Hold!.Change;
        Assert.AreEqual(("stolen key", "alice"), (held.Reason, held.Actor));
        Assert.AreEqual("1.0.0", host.Library.Current("acme.test")!.Version);
    }

    [TestMethod]
    public async Task UpdateWithAnotherSkill_InstallsNothing()
    {
        await using var host = Host();
        host.Library.Install(Package("1.0.0"));
        await using var live = await host.LoadLiveInstalledSkillAsync("acme.test", follows: false);

        Assert.AreEqual("policy.another-skill", await Code(() => live.UpdateAsync(Package("2.0.0", id: "acme.other"))));

        Assert.AreEqual("acme.test", host.Library.List().Single().SkillId);
    }

    [TestMethod]
    public async Task Disposal_DoesNotWaitForAnAnswerThatNeverComes()
    {
        var asked = new TaskCompletionSource();
        await using var host = Host(options => options.Consent = async (request, _) =>
        {
            if (request.Version != "1.0.0")
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }

            return ConsentDecision.Accept;
        });
        host.Library.Install(Package("1.0.0"));
        var live = await host.LoadLiveInstalledSkillAsync("acme.test");
        host.Library.Install(Package("1.1.0"));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await live.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => live.ReplaceAsync(Package("1.2.0")));
    }

    [TestMethod]
    public async Task QuotaOfARoot_FollowsTheVersionThatTakesCalls()
    {
        const string writer = """
            (module
              (import "extism:host/env" "input_length" (func (result i64)))
              (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1) (data (i32.const 0) "f") (data (i32.const 16) "\00\01\00\00\00\20\00\00")
              (func (export "run") (result i32)
                (if (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)) (then (return (i32.const 2))))
                (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 36))))
            """;
        string Of(string version, int most) => new TestPackage
        {
            Version = version,
            Modules = new() { ["m"] = writer },
            Manifest = "[capabilities.filesystem]\nread_roots = []\nwrite_roots = [\"data\"]",
            Capabilities = $"[tools.\"acme.run\"]\nabi = \"extism\"\n[files.data]\npath = \"data\"\naccess = \"write\"\nmax_bytes = {most}",
        }.Write(_folder);
        var consent = true;
        await using var host = Host(options => options.Consent = (_, _) => ValueTask.FromResult(consent ? ConsentDecision.Accept : ConsentDecision.Refuse));
        await using var live = await host.LoadLiveSkillAsync(Of("1.0.0", 1_000));
        Assert.AreEqual("guest.error", await Code(() => Call(live)));

        consent = false;
        await Code(() => live.ReplaceAsync(Of("1.1.0", 100_000)));
        Assert.AreEqual("guest.error", await Code(() => Call(live)), "what was refused changed nothing");
        consent = true;
        await live.ReplaceAsync(Of("1.1.0", 100_000));
        Assert.AreEqual("ok", await Code(() => Call(live)));
    }

    private static string[] Lines(string log)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n');
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 1_000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.IsTrue(condition());
    }
}
