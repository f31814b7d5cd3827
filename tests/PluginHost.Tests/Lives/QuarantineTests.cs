using System.Diagnostics;
using PluginHost.Lifecycle;
using PluginHost.Skills;
using PluginHost.Skills.Cryptography;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Lives;

/// <summary>What is quarantined runs nowhere, within a second, until an operator's signature says otherwise.</summary>
[TestClass]
public class QuarantineTests : IDisposable
{
    private protected const string Forever = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (loop $l (br $l)) (i32.const 0)))""";
    private readonly TemporaryFolder _folder = new();

    public QuarantineTests() => StateRoot.Create(State);

    /// <summary>What one host decides, others know at once; over a database within a second.</summary>
    private protected virtual Task Heard() => Task.CompletedTask;

    private static VersionState Which(LifecycleView view) => LifecycleDecisions.Known(view, "acme.test", "1.0.0");

    private string State => _folder["state"];

    private protected TemporaryFolder Folder => _folder;

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What several machines share; null for files.</summary>
    private protected virtual ISharedState? Shared() => null;

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = State;

    private protected SkillHost Host() => TestHosts.Create(options =>
    {
        Configure(options);
        options.Limits.CallFuel = long.MaxValue;
    });

    private protected string Package(string? module = null, string version = "1.0.0") => new TestPackage
    {
        Version = version,
        Modules = new() { ["m"] = module ?? TestPackage.Echo },
        Manifest = "[capabilities.quotas]\nwall_clock_timeout_ms = 30000\nfuel_budget = 9000000000000",
    }.Write(_folder);

    [TestMethod]
    public async Task RunningCall_IsStoppedInAnotherHost_WithinASecond()
    {
        await using var one = Host();
        await using var other = Host();
        var running = one.LoadSkill(Package(Forever)).CallAsync("acme.run", "");
        await Task.Delay(200);
        Assert.IsFalse(running.IsCompleted);

        var start = Stopwatch.GetTimestamp();
        other.Quarantine("acme.test", "1.0.0", "it never ends", "ops");
        var error = await Assert.ThrowsExactlyAsync<SkillStatusException>(() => running);

        Assert.AreEqual("policy.quarantined", error.Code);
        Assert.AreEqual("it never ends", error.Reason);
        Assert.IsLessThan(TimeSpan.FromSeconds(25), Stopwatch.GetElapsedTime(start), "long before its own time, whatever a busy machine adds");
        await one.DisposeAsync();
        StringAssert.Contains(string.Concat(Directory.EnumerateFiles(Path.Combine(State, "audit"), "*.jsonl").Select(File.ReadAllText)), "\"outcome\":\"policy.quarantined\"");
    }

    [TestMethod]
    public async Task OtherBytesOfAQuarantinedVersion_StayOut_WhateverIsSaidOfThirdOnes()
    {
        await using var host = Host();
        var (first, second, third) = (Package(), Package(Forever), Package(TestPackage.Echo.Replace("i32.const 0", "i32.const 1", StringComparison.Ordinal)));
        var bad = host.LoadSkill(first).PayloadDigest;
        await host.DisposeAsync();
        await using var again = Host();
        var other = again.LoadSkill(second, new SkillLoadOptions { AllowDowngrade = true }).PayloadDigest;
        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "ops", Shared()))
        {
            office.Quarantine(view => LifecycleDecisions.Known(view, bad), "bad", null);
            office.Disable(view => LifecycleDecisions.Known(view, other), "x");
            office.Enable(view => LifecycleDecisions.Known(view, other), "x", null);
        }

        await Heard();
        Assert.ThrowsExactly<SkillStatusException>(() => again.LoadSkill(third, new SkillLoadOptions { AllowDowngrade = true }));
    }

    [TestMethod]
    public async Task NextCall_IsRefused_InEveryHost()
    {
        await using var one = Host();
        await using var other = Host();
        var package = Package();
        var (first, second) = (one.LoadSkill(package), other.LoadSkill(package));

        other.Quarantine("acme.test", "1.0.0", "bad", "ops");
        await Heard();

        Assert.AreEqual(SkillStatus.Quarantined, (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => first.CallAsync("acme.run", ""))).Status);
        await Assert.ThrowsExactlyAsync<SkillStatusException>(() => second.CallAsync("acme.run", ""));
        Assert.ThrowsExactly<SkillStatusException>(() => one.LoadSkill(package));
    }

    [TestMethod]
    public async Task OtherBytesOfThatVersion_AndTheSameBytesElsewhere_AreRefused()
    {
        await using (var host = Host())
        {
            host.LoadSkill(Package());
            host.Quarantine("acme.test", "1.0.0", "bad", "ops");
        }

        await using var later = Host();
        var again = new SkillLoadOptions { AllowDowngrade = true };
        Assert.ThrowsExactly<SkillStatusException>(() => later.LoadSkill(Package(), again));
        Assert.ThrowsExactly<SkillStatusException>(() => later.LoadSkill(Package(Forever), again));
        Assert.AreEqual("2.0.0", later.LoadSkill(Package(version: "2.0.0")).Version);
    }

    [TestMethod]
    public async Task Removal_DoesNotBringItBack()
    {
        await using var host = Host();
        var package = Package();
        host.Library.Install(package);
        host.Quarantine("acme.test", "1.0.0", "bad", "ops");
        host.Library.Remove("acme.test");

        Assert.ThrowsExactly<SkillStatusException>(() => host.Library.Install(package));
        Assert.ThrowsExactly<SkillStatusException>(() => host.LoadSkill(package));
    }

    [TestMethod]
    public async Task ReleasedSkill_RunsAgain_InTheHostThatHasItLoaded()
    {
        await using var host = Host();
        var skill = host.LoadSkill(Package());
        using var own = SigningKey.Generate();
        using var key = SigningKey.Generate();
        using (var trust = new TrustOffice(StateRoot.Open(State), null, "ops", Shared()))
        {
            trust.AddOperator("alice", Convert.ToHexStringLower(own.PublicKey), "new");
            trust.AddOperator("bob", Convert.ToHexStringLower(key.PublicKey), "new");
        }

        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "alice", Shared()))
        {
            office.Quarantine(Which, "bad", null);
            await Heard();
            await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""));
            Assert.AreEqual("policy.release", Assert.ThrowsExactly<SkillVerificationException>(() => office.Enable(Which, "fine", null)).Code);
            Assert.AreEqual("policy.release", Assert.ThrowsExactly<SkillVerificationException>(() => office.Enable(Which, "fine", own)).Code, "alice imposed it, so another has to lift it");
        }

        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "bob", Shared()))
        {
            office.Enable(Which, "fine", key);
        }

        await Heard();
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);
    }

    [TestMethod]
    public async Task DisabledSkill_IsRefused_UntilItIsEnabled()
    {
        await using var host = Host();
        var skill = host.LoadSkill(Package());
        using var office = new LifecycleOffice(StateRoot.Open(State), null, "ops", Shared());

        office.Disable(Which, "not now");
        await Heard();
        Assert.AreEqual("policy.disabled", (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""))).Code);
        office.Enable(Which, "now", null);
        await Heard();
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);
    }

    [TestMethod]
    public virtual async Task LostJournal_StopsWhatRuns_AndRefusesTheRest()
    {
        await using var host = Host();
        var skill = host.LoadSkill(Package(Forever));
        var running = skill.CallAsync("acme.run", "");
        await Task.Delay(100);

        File.Delete(Path.Combine(State, "lifecycle", "journal.jsonl"));

        Assert.AreEqual("state.journal", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => running)).Code);
        Assert.AreEqual("state.journal", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => skill.CallAsync("acme.run", ""))).Code);
        Assert.ThrowsExactly<SkillStateException>(() => host.LoadSkill(Package(version: "2.0.0")));
    }

    [TestMethod]
    public async Task HostWithoutState_QuarantinesForAsLongAsItLives()
    {
        await using var host = TestHosts.Create();
        var package = Package();
        var skill = host.LoadSkill(package);
        host.Quarantine("acme.test", "1.0.0", "bad", "me");

        await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""));
        Assert.ThrowsExactly<SkillStatusException>(() => host.LoadSkill(package));
        Assert.ThrowsExactly<SkillVerificationException>(() => host.Quarantine("acme.test", "9.9.9", "unknown", "me"));
    }

    [TestMethod]
    public async Task Unsigned_IsQuarantinedByItsPayload_AndAdoptionEndsIt()
    {
        await using var host = TestHosts.Create(options =>
        {
            Configure(options);
            options.AllowUnsignedOnProbation = true;
            options.TrustedPublishers.Clear();
            options.Approve = (_, _) => ValueTask.FromResult(true);
        });
        var (first, second) = (host.LoadSkill(Unsigned("1.0.0")), host.LoadSkill(Unsigned("2.0.0")));
        Assert.AreEqual("hi", (await first.CallAsync("acme.run", "hi")).Text);

        host.Quarantine(first.PayloadDigest, "bad", "ops");
        Assert.AreEqual(SkillStatus.Quarantined, (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => first.CallAsync("acme.run", ""))).Status);
        Assert.ThrowsExactly<SkillVerificationException>(() => host.Quarantine(new string('0', 64), "unknown", "ops"));

        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "ops", Shared()))
        {
            office.Adopted(second.PayloadDigest, "ops.test", new string('1', 64), "read it", () => { });
        }

        Assert.AreEqual(SkillStatus.Adopted, (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => second.CallAsync("acme.run", ""))).Status);
    }

    [TestMethod]
    public async Task Probation_EndsForWhatIsLoaded()
    {
        var time = new SimulatedTime(DateTimeOffset.UtcNow);
        await using var host = TestHosts.Create(options =>
        {
            options.Time = time;
            options.AllowUnsignedOnProbation = true;
            options.TrustedPublishers.Clear();
            options.Approve = (_, _) => ValueTask.FromResult(true);
        });
        var skill = host.LoadSkill(Unsigned("1.0.0"));
        time.Advance(TimeSpan.FromDays(29));
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);
        time.Advance(TimeSpan.FromDays(2));
        Assert.AreEqual("policy.probation", (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", "hi"))).Code);
    }

    /// <summary>A package that nobody signed.</summary>
    private string Unsigned(string version)
    {
        var path = Package(version: version);
        using var file = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Update);
        file.GetEntry("signature.json")!.Delete();
        return path;
    }

    [TestMethod]
    public virtual async Task LoadedVersion_IsWrittenOnce()
    {
        var package = Package();
        for (var i = 0; i < 3; i++)
        {
            await using var host = Host();
            host.LoadSkill(package);
        }

        Assert.HasCount(1, File.ReadAllLines(Path.Combine(State, "lifecycle", "journal.jsonl")).Where(line => line.Contains(LifecycleLine.Type)).ToList());
    }
}
