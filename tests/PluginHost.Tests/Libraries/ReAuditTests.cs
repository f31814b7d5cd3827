using System.Threading.Channels;
using Microsoft.Extensions.Options;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Libraries;

/// <summary>What was right when it was installed may be wrong by now.</summary>
[TestClass]
public class ReAuditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReAuditTests() => StateRoot.Create(State);

    private protected string State => _folder["state"];

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What several machines share; null for files.</summary>
    private protected virtual ISharedState? Shared() => null;

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = State;

    private protected SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        Configure(options);
        configure?.Invoke(options);
    });

    private protected string Package(string id = "acme.test", string? words = null) => new TestPackage { Id = id, Words = words }.Write(_folder);

    private protected void Decide(Action<TrustOffice> decide)
    {
        using var office = new TrustOffice(StateRoot.Open(State), null, "ops", Shared());
        decide(office);
    }

    private static async Task<SkillReAuditResult> Only(SkillHost host, bool quarantine = true, SkillReAuditOptions? options = null) => (await host.Library.ReAuditAsync(quarantine, options)).Single();

    [TestMethod]
    public async Task Intact_IsReady()
    {
        await using var host = Host();
        host.Library.Install(Package());

        var result = await Only(host);

        Assert.AreEqual(SkillReAuditStatus.Ready, result.Status, string.Join("; ", result.Reasons));
        Assert.IsFalse(result.WasQuarantined);
    }

    [TestMethod]
    public async Task RevokedPayload_IsQuarantined_AndWhatRunsStops()
    {
        await using var host = Host();
        var entry = host.Library.Install(Package());
        var skill = host.LoadInstalledSkill("acme.test");
        Decide(office => office.RevokePayload(entry.PayloadDigest, "malware"));

        var looked = await Only(host, quarantine: false);
        Assert.AreEqual(SkillReAuditStatus.Failed, looked.Status);
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text, "looking changes nothing");
        var result = await Only(host);

        Assert.IsTrue(result.WasQuarantined);
        StringAssert.StartsWith(result.Reasons[0], "trust.");
        var stopped = await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", "hi"));
        StringAssert.StartsWith(stopped.Reason, "periodic_reaudit_failed: trust.");
        Assert.AreEqual(SkillStatus.Quarantined, host.Library.List().Single().Status);
    }

    [TestMethod]
    public async Task RevokedKey_IsFound()
    {
        await using var host = Host();
        host.Library.Install(Package());
        Decide(office => office.RevokeKey(Convert.ToHexStringLower(TestHosts.Key.PublicKey), "stolen", []));
        Assert.IsTrue((await Only(host)).WasQuarantined);
    }

    [TestMethod]
    public virtual async Task ExchangedOrLostPackage_IsQuarantined()
    {
        await using var host = Host();
        host.Library.Install(Package());
        host.Library.Install(Package("acme.other"));
        File.Copy(Package(words: "Other."), Path.Combine(State, "skills", "acme.test", "1.0.0", "artifact.palyra-skill"), overwrite: true);
        Directory.Delete(Path.Combine(State, "skills", "acme.other", "1.0.0"), recursive: true);

        var results = await host.Library.ReAuditAsync(quarantine: true);

        Assert.IsTrue(results.All(result => result.WasQuarantined && result.Reasons[0].StartsWith("state.artifact", StringComparison.Ordinal)));
        StringAssert.StartsWith(host.Library.List().Single(entry => entry.SkillId == "acme.other").Reason, "periodic_reaudit_missing_artifact: ");
    }

    [TestMethod]
    public async Task PublisherThatIsNotTrustedAnyMore_IsNotMetAnew()
    {
        await using (var host = Host(Meets))
        {
            host.Library.Install(Package());
        }

        Decide(office => office.Remove("acme", null, "not any more"));
        await using var later = Host(Meets);
        Assert.AreEqual(SkillReAuditStatus.Failed, (await Only(later, quarantine: false)).Status);

        static void Meets(SkillHostOptions options)
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
        }
    }

    [TestMethod]
    public async Task Feed_ThatIsOld_OrCannotBeRead_IsNoPass_AndNoQuarantine()
    {
        var feed = Directory.CreateDirectory(_folder["feed"]).FullName;
        File.WriteAllText(Path.Combine(feed, "a.json"), """{"id":"OSV-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":["1"]}]}""");
        await using var host = Host(options => options.Inspection.VulnerabilityFeed = feed);
        host.Library.Install(Package());

        Assert.AreEqual(SkillReAuditStatus.Stale, (await Only(host)).Status);
        Assert.AreEqual(SkillReAuditStatus.Ready, (await Only(host, options: new SkillReAuditOptions { MaxFeedAge = TimeSpan.FromDays(36500) })).Status);
        Directory.Delete(feed, recursive: true);
        var unreadable = await Only(host);
        Assert.AreNotEqual(SkillReAuditStatus.Ready, unreadable.Status);
        Assert.IsFalse(unreadable.WasQuarantined, string.Join("; ", unreadable.Reasons));
        Assert.AreEqual(SkillStatus.Enabled, host.Library.List().Single().Status);
    }

    [TestMethod]
    public async Task Disabled_IsBlocked_AndNotQuarantinedForThat()
    {
        await using var host = Host();
        host.Library.Install(Package());
        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "ops", Shared()))
        {
            office.Disable(view => PluginHost.Lifecycle.LifecycleDecisions.Known(view, "acme.test", "1.0.0"), "not now");
        }

        var result = await Only(host);
        Assert.AreEqual(SkillReAuditStatus.Blocked, result.Status);
        Assert.IsFalse(result.WasQuarantined);
    }

    [TestMethod]
    public async Task Week_OfReAudits_FindsWhatWasRevoked_WithinAnInterval()
    {
        var time = new SimulatedTime(DateTimeOffset.UtcNow);
        await using var host = Host(options =>
        {
            options.Time = time;

            // Time is moved while an audit goes on: it must not run out meanwhile.
            options.Limits.LoadTime = TimeSpan.FromHours(24);
        });
        host.Library.Install(Package());
        var bad = host.Library.Install(Package("acme.bad"));
        var running = host.LoadInstalledSkill("acme.bad");
        var audits = Channel.CreateUnbounded<IReadOnlyList<SkillReAuditResult>>();
        using var service = new SkillReAuditService(host, Options.Create(new SkillReAuditOptions()));
        service.Completed += (_, results) => audits.Writer.TryWrite(results);
        await service.StartAsync(CancellationToken.None);

        // Time goes on while an audit goes on, on a busy machine by more than an interval: so what is counted are audits.
        var (count, revoked, found) = (0, default(int?), default(int?));
        for (var (begin, end) = (time.GetUtcNow(), time.GetUtcNow().AddDays(7)); time.GetUtcNow() < end;)
        {
            if (revoked is null && time.GetUtcNow() - begin > TimeSpan.FromDays(3))
            {
                Decide(office => office.RevokePayload(bad.PayloadDigest, "malware"));
                revoked = count;
            }

            if (time.LastDue(TimeSpan.FromHours(7)) is { } due && due > time.GetUtcNow())
            {
                time.Advance(due - time.GetUtcNow());
            }

            await Task.Delay(5);
            while (audits.Reader.TryRead(out var results))
            {
                count++;
                found ??= results.Any(result => result.WasQuarantined) ? count : null;
                Assert.AreEqual(SkillReAuditStatus.Ready, results.Single(result => result.SkillId == "acme.test").Status);
            }
        }

        await service.StopAsync(CancellationToken.None);
        Assert.IsTrue(count is >= 24 and <= 33, $"{count} audits in a week");
        Assert.IsLessThanOrEqualTo(2, found!.Value - revoked!.Value, "one may have been under way");
        await Assert.ThrowsExactlyAsync<SkillStatusException>(() => running.CallAsync("acme.run", ""));
        Assert.AreEqual(SkillStatus.Enabled, host.Library.List().Single(entry => entry.SkillId == "acme.test").Status);
    }

    [TestMethod]
    public async Task Service_GoesOnWhereTheLibraryCannotBeRead_AndSaysSo()
    {
        var time = new SimulatedTime(DateTimeOffset.UtcNow);
        await using (var host = Host(options => options.Time = time))
        {
            host.Library.Install(Package());
            Spoil();
            using var service = new SkillReAuditService(host, Options.Create(new SkillReAuditOptions()));
            var done = new TaskCompletionSource<int>();
            service.Completed += (_, results) => done.TrySetResult(results.Count);
            await service.StartAsync(CancellationToken.None);
            for (; !done.Task.IsCompleted; await Task.Delay(10))
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.AreEqual(0, await done.Task);
            await service.StopAsync(CancellationToken.None);
        }

        StringAssert.Contains(string.Concat(Directory.EnumerateFiles(Path.Combine(State, "audit"), "*.jsonl").Select(File.ReadAllText)), $"\"re-audit-failed\",\"code\":\"{Spoiled}\"");
    }

    /// <summary>Makes what is installed unreadable.</summary>
    private protected virtual void Spoil() => File.WriteAllText(Path.Combine(State, "skills", "installed-index.json"), "{}");

    /// <summary>What is said of it.</summary>
    private protected virtual string Spoiled => "state.index-changed";

    [TestMethod]
    public async Task Service_RefusesOptionsThatCannotBeMeant()
    {
        await using var host = Host();
        var error = Assert.ThrowsExactly<OptionsValidationException>(() => new SkillReAuditService(host, Options.Create(new SkillReAuditOptions { Interval = TimeSpan.Zero, Jitter = 2, MaxFeedAge = TimeSpan.Zero })));
        Assert.HasCount(3, error.Failures.ToList());
        await using var stateless = TestHosts.Create();
        Assert.ThrowsExactly<InvalidOperationException>(() => new SkillReAuditService(stateless, Options.Create(new SkillReAuditOptions())));
    }
}
