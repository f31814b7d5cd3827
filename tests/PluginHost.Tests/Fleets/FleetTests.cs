using System.Diagnostics;
using PluginHost.PostgreSql;
using PluginHost.Skills;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Fleets;

/// <summary>Machines with a state directory each, which share one database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FleetTests : IDisposable
{
    private const string Forever = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (loop $l (br $l)) (i32.const 0)))""";
    private readonly TemporaryFolder _folder = new();
    private readonly TestDatabase _database = new();

    public void Dispose()
    {
        _folder.Dispose();
        _database.Dispose();
    }

    private SkillHost Machine(string name, Action<SkillHostOptions>? configure = null)
    {
        StateRoot.Create(_folder[name]);
        return TestHosts.Create(options =>
        {
            options.StateDirectory = _folder[name];
            options.UsePostgreSql(_database.ConnectionString);
            options.Limits.ConcurrentLoads = 32;
            configure?.Invoke(options);
        });
    }

    private string Package(string version = "1.0.0", string id = "acme.test") => new TestPackage { Version = version, Id = id }.Write(_folder);

    private static string Code(Action action)
    {
        try
        {
            action();
            return "";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    [TestMethod]
    public async Task DatabaseThatHangs_StopsEverythingThatRuns_AtOneTime()
    {
        const int skills = 12;
        var (server, connection) = _database.Behind();
        using var freezing = server;
        await using var host = Machine("one", options =>
        {
            options.UsePostgreSql(connection);
            options.Limits.CallFuel = long.MaxValue;
        });
        var running = new List<Task>();
        for (var i = 0; i < skills; i++)
        {
            var package = new TestPackage { Id = $"acme.forever{i}", Modules = new() { ["m"] = Forever }, Manifest = "[capabilities.quotas]\nwall_clock_timeout_ms = 120000\nfuel_budget = 9000000000000" };
            running.Add(host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", ""));
        }

        await Task.Delay(300);
        Assert.IsFalse(running.Exists(call => call.IsCompleted));
        var start = Stopwatch.GetTimestamp();
        server.Freeze();

        // One question may take five seconds. That each skill asked its own took a minute.
        await Task.WhenAll(running.ConvertAll(call => Assert.ThrowsExactlyAsync<SkillStateException>(() => call)));
        Assert.IsLessThan(TimeSpan.FromSeconds(20), Stopwatch.GetElapsedTime(start));
        server.Thaw();
    }

    [TestMethod]
    public async Task ReasonThatNoDatabaseTakes_PreventsNoQuarantine()
    {
        await using var one = Machine("one");
        await using var other = Machine("other");
        one.LoadSkill(Package());

        other.Quarantine("acme.test", "1.0.0", "a\0b \ud83d", "ops\0");

        Assert.AreEqual("quarantined", _database.Ask("select status from pluginhost.skill_status where skill_id = 'acme.test'"));
        Assert.AreEqual("policy.quarantined", Code(() => one.LoadSkill(Package())));
    }

    [TestMethod]
    public async Task WhatOneMachineInstalls_AnotherKnows_AndLoadsOnceItHasTheFiles()
    {
        await using var one = Machine("one");
        await using var other = Machine("other");
        var package = Package();
        one.Library.Install(package);

        Assert.HasCount(1, other.Library.List());
        Assert.AreEqual("state.artifact", Code(() => other.LoadInstalledSkill("acme.test")));
        Assert.HasCount(0, await other.Library.ReAuditAsync(quarantine: true), "what is not here is looked at where it is");
        other.Library.Install(package);
        Assert.AreEqual("hi", (await other.LoadInstalledSkill("acme.test").CallAsync("acme.run", "hi")).Text);
        Assert.AreEqual("policy.installed", Code(() => other.Library.Install(package)));
        Assert.AreEqual(true, _database.Ask("select is_current from pluginhost.installed where skill_id = 'acme.test' and version = '1.0.0'"));
    }

    [TestMethod]
    public async Task UpdateThatFailsOnOneMachine_TakesNothingFromAnother_AndJoinsWhereItCan()
    {
        var refuses = true;
        await using var one = Machine("one");
        await using var other = Machine("other", options => options.Consent = (request, _) => ValueTask.FromResult(request.Version == "1.1.0" && refuses ? ConsentDecision.Refuse : ConsentDecision.Accept));
        var (first, second) = (Package(), Package("1.1.0"));
        var registry = Directory.CreateDirectory(_folder["registry"]).FullName;
        File.Copy(second, Path.Combine(registry, "a.palyra-skill"));
        one.Library.Install(first);
        other.Library.Install(first);
        await using var live = await other.LoadLiveInstalledSkillAsync("acme.test", follows: false);
        one.Library.Install(second);
        var skill = await one.LoadInstalledSkillAsync("acme.test");

        await Assert.ThrowsExactlyAsync<SkillConsentException>(() => live.UpdateAsync(SkillRegistry.Folder(registry)));

        Assert.AreEqual("1.0.0", live.Current.Version);
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);
        Assert.AreEqual("1.1.0", one.Library.Current("acme.test")!.Version);
        refuses = false;
        Assert.IsTrue(await live.UpdateAsync(SkillRegistry.Folder(registry)), "the index says that it is current, and this machine lacks its files no more");
        Assert.AreEqual("1.1.0", live.Current.Version);
    }

    [TestMethod]
    public async Task ProcessesOfOneMachine_LeaveWhatTheOthersHaveJustInstalled()
    {
        await using var one = Machine("one");
        await using var other = TestHosts.Create(options =>
        {
            options.StateDirectory = _folder["one"];
            options.UsePostgreSql(_database.ConnectionString);
        });
        for (var i = 0; i < 8; i++)
        {
            one.Library.Install(Package(id: $"acme.one{i}"));
            other.Library.Install(Package(id: $"acme.other{i}"));
        }

        foreach (var entry in one.Library.List())
        {
            Assert.AreEqual("hi", (await (await one.LoadInstalledSkillAsync(entry.SkillId)).CallAsync("acme.run", "hi")).Text);
        }
    }

    [TestMethod]
    public async Task VersionThatOnlyAnotherMachineHas_BecomesCurrent_WhereItIsInstalled()
    {
        await using var one = Machine("one");
        await using var other = Machine("other");
        var (first, second) = (Package(), Package("2.0.0"));
        one.Library.Install(first);
        one.Library.Install(second);

        Assert.IsTrue(other.Library.Install(first, new SkillLoadOptions { AllowDowngrade = true }).IsCurrent);
        Assert.AreEqual("1.0.0", (await other.LoadInstalledSkillAsync("acme.test")).Version);
        Assert.AreEqual("2.0.0", other.Library.Rollback("acme.test", "right after all").Version);
    }

    [TestMethod]
    public async Task MachinesThatInstallUpdateAndQuarantineAtOnce_Agree()
    {
        await using var one = Machine("one");
        await using var other = Machine("other");
        var hosts = new[] { one, other };
        var packages = Enumerable.Range(0, 6).SelectMany(i => new[] { Package("1.0.0", $"acme.test{i}"), Package("2.0.0", $"acme.test{i}") }).ToList();

        Parallel.For(0, 24, i => Code(() => hosts[i % 2].Library.Install(packages[i / 2], new SkillLoadOptions { AllowDowngrade = true })));
        Parallel.For(0, 12, i => Code(() => hosts[i % 2].Quarantine($"acme.test{i / 2}", "1.0.0", $"by {i}", "ops")));

        var (seen, too) = (one.Library.List(), other.Library.List());
        CollectionAssert.AreEqual(seen.ToArray(), too.ToArray());
        Assert.HasCount(12, seen);
        Assert.HasCount(6, seen.Where(entry => entry.Status == SkillStatus.Quarantined).ToList());
        Assert.HasCount(6, seen.Where(entry => entry.IsCurrent).ToList());
        await using var later = Machine("third");
        CollectionAssert.AreEqual(seen.ToArray(), later.Library.List().ToArray());
    }

    [TestMethod]
    public async Task PinOfOneMachine_HoldsOnAnother()
    {
        await using var one = Machine("one", Meets);
        one.LoadSkill(Package());
        await using var other = Machine("other", options => options.TrustedPublishers.Clear());

        Assert.AreEqual("hi", (await other.LoadSkill(Package()).CallAsync("acme.run", "hi")).Text, "met by one, known to all");
        Assert.AreEqual("trust.downgrade", Code(() => other.LoadSkill(Package("0.9.0"))), "and so is the version that it had");

        static void Meets(SkillHostOptions options)
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
        }
    }

    [TestMethod]
    public async Task JournalThatWasCut_IsRefusedByEachMachineThatHadSeenIt()
    {
        await using (var one = Machine("one"))
        {
            one.LoadSkill(Package());
            one.Quarantine("acme.test", "1.0.0", "bad", "ops");
        }

        _database.Execute("delete from pluginhost.journal where seq = (select max(seq) from pluginhost.journal)");
        Assert.AreEqual("state.journal", Code(() => Machine("one")));
    }

    [TestMethod]
    public async Task DatabaseThatWasPutBack_IsRefusedByAMachineThatOnlyRead()
    {
        var package = Package();
        await using (var reader = Machine("reader"))
        {
            await using (var writer = Machine("writer"))
            {
                writer.LoadSkill(package);
                writer.Quarantine("acme.test", "1.0.0", "bad", "ops");
            }

            await Task.Delay(1_500);
            Assert.AreEqual("policy.quarantined", Code(() => reader.LoadSkill(package)));
        }

        _database.Execute("delete from pluginhost.journal where seq = (select max(seq) from pluginhost.journal)");

        Assert.AreEqual("state.journal", Code(() => Machine("reader")));
    }

    [TestMethod]
    public async Task LiveSkillOfAnotherMachine_FollowsOnceItHasTheFiles()
    {
        await using var one = Machine("one");
        await using var other = Machine("other");
        var (first, second) = (Package(), Package("1.1.0"));
        one.Library.Install(first);
        other.Library.Install(first);
        await using var live = await other.LoadLiveInstalledSkillAsync("acme.test");
        one.Library.Install(second);
        await Task.Delay(1_500);
        Assert.AreEqual("1.0.0", live.Current.Version);

        other.Library.Install(second);

        for (var i = 0; i < 300 && live.Current.Version != "1.1.0"; i++)
        {
            await Task.Delay(100);
        }

        Assert.AreEqual("1.1.0", live.Current.Version);
    }

    [TestMethod]
    public async Task EditedLine_IsRefused()
    {
        await using (var one = Machine("one"))
        {
            one.LoadSkill(Package());
        }

        _database.Execute("update pluginhost.journal set line = set_byte(line, 60, get_byte(line, 60) # 1) where seq = 2");
        Assert.AreEqual("state.journal", Code(() => Machine("other")));
    }

    [TestMethod]
    public async Task StateDirectory_BelongsToOneDatabase_OrToNone()
    {
        await using (Machine("one"))
        {
        }

        Assert.AreEqual("state.shared", Code(() => TestHosts.Create(options => options.StateDirectory = _folder["one"])));
        Assert.AreEqual("state.shared", Code(() => new TrustOffice(StateRoot.Open(_folder["one"]), null, "ops").Dispose()));
        using var another = new TestDatabase();
        Assert.AreEqual("state.shared", Code(() => TestHosts.Create(options =>
        {
            options.StateDirectory = _folder["one"];
            options.UsePostgreSql(another.ConnectionString);
        })));
        StateRoot.Create(_folder["own"]);
        await using (var own = TestHosts.Create(options => options.StateDirectory = _folder["own"]))
        {
            own.LoadSkill(Package());
        }

        Assert.AreEqual("state.shared", Code(() => Machine("own")));
        var root = StateRoot.Create(_folder["trusting"]).Root;
        using (var office = new TrustOffice(root, null, "ops"))
        {
            office.RevokePayload(new string('a', 64), "malware");
        }

        Assert.AreEqual("state.shared", Code(() => Machine("trusting")), "what it knows of trust would be forgotten");
    }

    [TestMethod]
    public void DatabaseThatIsNotThere_OrHasNoTables_IsRefused_WithoutItsPassword()
    {
        StateRoot.Create(_folder["one"]);
        var nowhere = Assert.ThrowsExactly<SkillStateException>(() => TestHosts.Create(options =>
        {
            options.StateDirectory = _folder["one"];
            options.UsePostgreSql("Host=127.0.0.1;Port=1;Username=u;Password=geheim;Timeout=2");
        }));
        Assert.AreEqual("state.shared", nowhere.Code);
        Assert.DoesNotContain("geheim", nowhere.ToString());
        _database.Execute("drop schema pluginhost cascade");
        Assert.AreEqual("state.missing", Code(() => Machine("other")));
    }

    [TestMethod]
    public void SharedState_NeedsAStateDirectory() => Assert.ThrowsExactly<Microsoft.Extensions.Options.OptionsValidationException>(() => TestHosts.Create(options => options.UsePostgreSql(_database.ConnectionString)));
}
