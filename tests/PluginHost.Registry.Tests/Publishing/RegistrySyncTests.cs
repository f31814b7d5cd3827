using System.Collections.Immutable;
using PluginHost.Library.Registries;
using PluginHost.Registry.Files;
using PluginHost.Registry.Log;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Tests.Log;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;
using PluginHost.Tests.Libraries;

namespace PluginHost.Registry.Tests.Publishing;

/// <summary>A host that follows a registry: what the registry kills is stopped, and what it keeps quiet about is seen.</summary>
[TestClass]
public sealed class RegistrySyncTests : IDisposable
{
    private readonly RegistryScene _scene = new();

    public RegistrySyncTests() => _scene.Create().Dispose();

    public void Dispose() => _scene.Dispose();

    private static async Task<string> Refusal(Func<Task> act)
    {
        try
        {
            await act();
            return "";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    private async Task<byte[]> PublishAsync(string version = "1.0.0", string description = "Runs.")
    {
        var package = RegistryScene.Package(version, description);
        await _scene.PublishAsync(package, _scene.Release(package, version));
        return package;
    }

    private async Task InstallAsync(string? version = null)
    {
        await using var host = _scene.Host();
        await host.Library.InstallAsync(_scene.Mirror, "acme.demo", version);
    }

    private async Task<SkillStatus> StatusAsync(string version = "1.0.0")
    {
        await using var host = _scene.Host();
        return host.Library.List().Single(entry => entry.Version == version).Status;
    }

    [TestMethod]
    public async Task Violation_ThatTheRegistryKeepsBack_IsSeenWhenItIsInstalled()
    {
        var package = await PublishAsync();
        var file = Directory.EnumerateFiles(_scene["packages"], "*.intoto.jsonl", SearchOption.AllDirectories).Single();
        var older = File.ReadAllBytes(file);
        await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(_scene.Release(package))));
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, older);

        Assert.AreEqual("policy.registry-withheld", await Refusal(() => InstallAsync()), "nobody followed it before");
        var copy = Path.Combine(_scene["packages"], "..", "..", "copy.palyra-skill");
        File.WriteAllBytes(copy, package);
        File.WriteAllBytes(copy + ".intoto.jsonl", older);
        await using var host = _scene.Host();
        Assert.AreEqual("policy.registry-withheld", await Refusal(() => host.Library.InstallAsync(copy)), "a file is no way around");

        File.WriteAllBytes(file, whole);
        Assert.AreEqual("trust.violation", await Refusal(() => InstallAsync()));
    }

    [TestMethod]
    public async Task VersionThatWasKilled_IsNoReasonToSpeakOfWithholding()
    {
        var package = await PublishAsync();
        await InstallAsync();
        await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(_scene.Release(package))));
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        await using var host = _scene.Host();

        Assert.AreEqual("", string.Join("; ", (await host.Library.SyncAsync(_scene.Mirror)).Withheld));
        Assert.AreEqual("", string.Join("; ", (await host.Library.SyncAsync(_scene.Mirror)).Withheld));
    }

    [TestMethod]
    public async Task Registry_IsFollowed()
    {
        await PublishAsync();
        await InstallAsync();
        await PublishAsync("1.1.0");
        var report = await _scene.SyncAsync();

        Assert.AreEqual((2, false, 2L, 0, 0), (report.Offered, report.IsStale, report.LogSize!.Value, report.Quarantined.Count, report.Withheld.Count));
        Assert.AreEqual("acme.demo 1.1.0", report.Updates.Single());
        Assert.AreEqual(3L, report.Version);
    }

    [TestMethod]
    public async Task WhatItKills_IsQuarantinedAtTheNextSync_OnRecord()
    {
        await PublishAsync();
        await InstallAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        var report = await _scene.SyncAsync();

        StringAssert.Contains(report.Quarantined.Single(), "it steals");
        Assert.AreEqual(SkillStatus.Quarantined, await StatusAsync());
        Assert.AreEqual(0, (await _scene.SyncAsync()).Quarantined.Count, "once");
        var record = string.Concat(Directory.EnumerateFiles(Path.Combine(_scene.State, "audit"), "*.jsonl").Select(File.ReadAllText));
        StringAssert.Contains(record, "registry-sync");
    }

    [TestMethod]
    public async Task WhatItKilled_IsRefusedWhereverItLies()
    {
        var package = await PublishAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        await _scene.SyncAsync();
        File.WriteAllBytes(_scene["../brought.palyra-skill"], package);
        await using var host = _scene.Host();

        Assert.AreEqual("trust.killed", await Refusal(() => host.Library.InstallAsync(_scene["../brought.palyra-skill"])));
        Assert.AreEqual("trust.killed", await Refusal(() => host.LoadSkillAsync(_scene["../brought.palyra-skill"])));
    }

    [TestMethod]
    public async Task YankedVersion_StaysWhereItIs_AndIsOfferedToNobody()
    {
        await PublishAsync();
        await InstallAsync();
        await _scene.AdviseAsync(AdvisoryAction.Yank);
        var report = await _scene.SyncAsync();

        Assert.AreEqual(("yank", 0, 0, 0), (report.Advisories.Single().Action, report.Quarantined.Count, report.Offered, report.Withheld.Count));
        Assert.AreEqual(SkillStatus.Enabled, await StatusAsync());
    }

    [TestMethod]
    public async Task WhatIsOld_IsToldAsStale_AndNothingIsInstalledFromIt()
    {
        await PublishAsync();
        Assert.IsFalse((await _scene.SyncAsync()).IsStale);
        _scene.Time.Advance(TimeSpan.FromHours(25));

        Assert.IsTrue((await _scene.SyncAsync()).IsStale);
        Assert.AreEqual("policy.registry-stale", await Refusal(() => InstallAsync()));
        using (var registry = _scene.Open())
        {
            await registry.RefreshAsync(new PublishOptions(), default);
        }

        Assert.IsFalse((await _scene.SyncAsync()).IsStale);
        await InstallAsync();
    }

    [TestMethod]
    public async Task RegistryThatCannotBeReached_IsToldWithHowFreshItWas()
    {
        await PublishAsync();
        await _scene.SyncAsync();
        Directory.Move(_scene.Root, _scene["../away"]);

        StringAssert.Contains((await Assert.ThrowsExactlyAsync<IOException>(() => _scene.SyncAsync())).Message, "is fresh until");
        _scene.Time.Advance(TimeSpan.FromHours(25));
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<IOException>(() => _scene.SyncAsync())).Message, "was fresh until");
    }

    [TestMethod]
    public async Task KillInAStaleRegistry_CountsAllTheSame()
    {
        await PublishAsync();
        await InstallAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        _scene.Time.Advance(TimeSpan.FromHours(25));
        var report = await _scene.SyncAsync();

        Assert.AreEqual((true, 1), (report.IsStale, report.Quarantined.Count));
    }

    [TestMethod]
    public async Task OlderCopyOfTheRegistry_IsRefused()
    {
        await PublishAsync();
        _scene.Copy("copy");
        await PublishAsync("1.1.0");
        await _scene.SyncAsync();
        _scene.PutBack("copy");

        Assert.AreEqual("policy.registry-stale", await Refusal(() => _scene.SyncAsync()));
    }

    [TestMethod]
    public async Task TimestampThatIsTakenAway_IsMissed()
    {
        await PublishAsync();
        await _scene.SyncAsync();
        File.Delete(_scene["timestamp.json"]);

        Assert.AreEqual("policy.registry-stale", await Refusal(() => _scene.SyncAsync()));
        Assert.AreEqual("policy.registry-stale", await Refusal(() => InstallAsync()));
    }

    [TestMethod]
    [DataRow("index.json")]
    [DataRow("advisories.intoto.jsonl")]
    [DataRow("delegations.intoto.jsonl")]
    public async Task OldFileBesideNewOnes_IsSeen(string name)
    {
        var before = File.ReadAllBytes(_scene[name]);
        await PublishAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        File.WriteAllBytes(_scene[name], before);

        Assert.AreEqual("policy.registry-torn", await Refusal(() => _scene.SyncAsync()));
    }

    [TestMethod]
    public async Task RegistryOfAnotherKey_IsRefused()
    {
        await PublishAsync();
        await _scene.SyncAsync();
        var thief = LogKeys.Of(98);
        File.WriteAllBytes(_scene["timestamp.json"], new RegistryTimestamp("test", 99, _scene.Time.GetUtcNow(), _scene.Time.GetUtcNow().AddDays(1), Closed(_scene.Open()).Content.Timestamp.Log, Closed(_scene.Open()).Content.Timestamp.Files).Sign(thief));

        Assert.AreEqual("policy.registry-signature", await Refusal(() => _scene.SyncAsync()));
    }

    [TestMethod]
    public async Task Timestamp_ThatSaysSomethingElseThanOneOfItsVersion_OrIsFreshForever_IsRefused()
    {
        await PublishAsync();
        await _scene.SyncAsync();
        var last = RegistryTimestamp.Read(File.ReadAllBytes(_scene["timestamp.json"]), RegistryScene.Key.PublicKey);
        async Task<string> With(RegistryTimestamp timestamp)
        {
            File.WriteAllBytes(_scene["timestamp.json"], timestamp.Sign(RegistryScene.Key));
            return await Refusal(() => _scene.SyncAsync());
        }

        Assert.AreEqual("policy.registry-stale", await With(last with { Expires = last.Expires.AddDays(100) }));
        Assert.AreEqual("policy.registry-stale", await With(last with { Version = last.Version + 1, Registry = "another" }));
        Assert.AreEqual("policy.registry-signature", await With(last with { Version = last.Version + 1, Expires = last.IssuedAt.AddDays(367) }));
        Assert.AreEqual("", await With(last));
        Assert.AreEqual("", await With(last with { Version = last.Version + 1, Expires = last.IssuedAt.AddDays(366) }));
    }

    [TestMethod]
    public async Task ReleaseThatItDoesNotOffer_IsToldAsWithheld()
    {
        await PublishAsync();
        await PublishAsync("1.1.0");

        // The registry signs an index without it, and says nothing: its log has it all the same.
        Withhold(content => content with { Entries = [.. content.Entries.Where(entry => entry.Version.ToString() != "1.1.0")] });
        var report = await _scene.SyncAsync();

        StringAssert.Contains(report.Withheld.Single(), "acme.demo 1.1.0");
        Assert.IsTrue((await _scene.AuditAsync()).Any(finding => finding.IsFault && finding.Message.Contains("1.1.0", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task ViolationThatItLeavesOutOfTheBundle_IsToldAsWithheld_AndCountsOnceItIsShown()
    {
        var package = await PublishAsync();
        await InstallAsync();
        var place = _scene["packages/acme/acme.demo-1.0.0.palyra-skill.intoto.jsonl"];
        var before = File.ReadAllBytes(place);
        await _scene.PublishAsync(package, _scene.Violation(package, new string('a', 64)));
        var whole = File.ReadAllBytes(place);
        File.WriteAllBytes(place, before);

        StringAssert.Contains((await _scene.SyncAsync()).Withheld.Single(), "violation");
        Assert.AreEqual(SkillStatus.Enabled, await StatusAsync());
        File.WriteAllBytes(place, whole);
        var report = await _scene.SyncAsync();
        Assert.AreEqual((0, 1), (report.Withheld.Count, report.Quarantined.Count), string.Join('\n', report.Withheld));
        Assert.AreEqual(SkillStatus.Quarantined, await StatusAsync());
    }

    [TestMethod]
    public async Task LinksThatItDoesNotShowAnyMore_StayKnown()
    {
        var package = await PublishAsync();
        await InstallAsync();
        File.Delete(_scene["packages/acme/acme.demo-1.0.0.palyra-skill.intoto.jsonl"]);

        Assert.AreEqual(0, (await _scene.SyncAsync()).Withheld.Count, RegistryScene.PayloadOf(package));
    }

    [TestMethod]
    public async Task AdvisoryThatItDoesNotRepeat_GoesOnToCount_AndIsTold()
    {
        var package = await PublishAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        await _scene.SyncAsync();
        Withhold(content => content with { Advisories = [], AdvisoryLines = [] });
        var report = await _scene.SyncAsync();

        Assert.IsTrue(report.Withheld.Any(told => told.Contains("does not say any more", StringComparison.Ordinal)), string.Join('\n', report.Withheld));
        Assert.AreEqual("kill", report.Advisories.Single().Action);
        File.WriteAllBytes(_scene["../brought.palyra-skill"], package);
        await using var host = _scene.Host();
        Assert.AreEqual("trust.killed", await Refusal(() => host.Library.InstallAsync(_scene["../brought.palyra-skill"])));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task EntriesThatTheLogNeverSigned_AreRefused_ThoughItsTilesFitThem(bool isKnown)
    {
        var package = await PublishAsync();
        if (isKnown)
        {
            await _scene.SyncAsync();
        }

        await _scene.PublishAsync(package, _scene.Violation(package, new string('a', 64)));
        await PublishAsync("1.1.0");

        // Whoever serves it has no key: the checkpoint is the real one, entries and hashes are made up together.
        var leaves = LogReader.Split(File.ReadAllBytes(_scene["log/tile/entries/000.p/3"]), 3).Select(leaf => leaf.ToArray()).ToList();
        leaves[1] = leaves[0];
        File.WriteAllBytes(_scene["log/tile/entries/000.p/3"], [.. leaves.SelectMany(leaf => (byte[])[(byte)(leaf.Length >> 8), (byte)leaf.Length, .. leaf])]);
        File.WriteAllBytes(_scene["log/tile/0/000.p/3"], [.. leaves.SelectMany(leaf => MerkleTree.LeafHash(leaf))]);

        Assert.AreEqual("log.consistency", await Refusal(() => _scene.SyncAsync()));
    }

    [TestMethod]
    public async Task LogOfAnotherRegistry_IsNotItsOwn_AndOneThatIsOlderThanItsTimestamp_IsNotEither()
    {
        await PublishAsync();
        _scene.Copy("copy");
        await PublishAsync("1.1.0");
        Directory.Delete(_scene["log"], recursive: true);
        Directory.Move(_scene["../copy/log"], _scene["log"]);
        Assert.AreEqual("log.rolled-back", await Refusal(() => _scene.SyncAsync()));

        Directory.Delete(_scene["log"], recursive: true);
        var other = LogKeys.Of(70);
        using (var log = LogWriter.Create(new FilesBelow(_scene.Files, RegistryFiles.Log), "other.example/log", _scene["../other"], other))
        {
            log.Publish(log.Append([new byte[] { 1 }, new byte[] { 2 }]));
        }

        var policy = $"log {new NoteKey(RegistryScene.Origin, NoteKey.Ed25519Type, RegistryScene.LogKey.PublicKey)}\nlog {new NoteKey("other.example/log", NoteKey.Ed25519Type, other.PublicKey)}\nquorum none\n";
        await using var host = _scene.Host(policy);
        Assert.AreEqual("log.form", await Refusal(() => host.Library.SyncAsync(_scene.Mirror)));
    }

    [TestMethod]
    public async Task RegistryWhoseLogIsNotListed_IsFollowedWithoutIt()
    {
        await PublishAsync();
        await using var host = _scene.Host($"log {new NoteKey("other.example/log", NoteKey.Ed25519Type, LogKeys.Of(70).PublicKey)}\nquorum none\n");

        Assert.IsNull((await host.Library.SyncAsync(_scene.Mirror)).LogSize);
    }

    [TestMethod]
    public async Task LogThatIsRefused_LeavesWhatWasKilledOnRecord()
    {
        await PublishAsync();
        await InstallAsync();
        await _scene.AdviseAsync(AdvisoryAction.Kill);
        Directory.Delete(_scene["log"], recursive: true);

        Assert.AreEqual("log.form", await Refusal(() => _scene.SyncAsync()));
        Assert.AreEqual(SkillStatus.Quarantined, await StatusAsync());
        var record = string.Concat(Directory.EnumerateFiles(Path.Combine(_scene.State, "audit"), "*.jsonl").Select(File.ReadAllText));
        StringAssert.Contains(record, "\"log_refused\":\"log.form\"");
    }

    [TestMethod]
    public async Task TimestampThatIsTakenAway_IsMissed_ThoughNobodyListedTheRegistry()
    {
        await PublishAsync();
        var unlisted = SkillRegistry.Mirror(_scene.Root, RegistryScene.PublicKey);
        await using var host = _scene.Host(isListed: false);
        await host.Library.SyncAsync(unlisted);
        File.Delete(_scene["timestamp.json"]);

        Assert.AreEqual("policy.registry-stale", await Refusal(() => host.Library.InstallAsync(unlisted, "acme.demo")));
    }

    [TestMethod]
    public async Task AdvisedVersionThatIsDropped_IsToldAsWithheld()
    {
        await PublishAsync();
        await _scene.AdviseAsync(AdvisoryAction.Advise);
        Assert.AreEqual(0, (await _scene.SyncAsync()).Withheld.Count);
        Withhold(content => content with { Entries = [] });

        StringAssert.Contains((await _scene.SyncAsync()).Withheld.Single(), "says nothing against it");
    }

    [TestMethod]
    public async Task FloodOfStrangers_KeepsNoViolationOut()
    {
        var package = await PublishAsync();
        await InstallAsync();
        var place = _scene["packages/acme/acme.demo-1.0.0.palyra-skill.intoto.jsonl"];
        var before = File.ReadAllBytes(place);
        byte[] flood = [.. before, .. Enumerable.Range(0, 4_000).SelectMany(_ => "{}\n"u8.ToArray()), .. Enumerable.Range(100, 60).SelectMany(i => _scene.Link(package, LogKeys.Of((byte)i), LinkKind.Violation, [new string('a', 64)], json =>
        {
            json.WriteString("severity", "malicious");
            json.WriteString("reason", new string('x', 20_000));
        }))];
        File.WriteAllBytes(place, flood);
        var flooded = await _scene.SyncAsync();
        StringAssert.Contains(string.Join('\n', flooded.Withheld), "more than there is room for");
        Assert.AreEqual(SkillStatus.Enabled, await StatusAsync());
        File.WriteAllBytes(place, [.. flood, .. _scene.Violation(package, new string('a', 64))]);
        await _scene.SyncAsync();

        Assert.AreEqual(SkillStatus.Quarantined, await StatusAsync());
    }

    [TestMethod]
    public async Task RegistryThatIsNotListedAnyMore_LetsNobodyIn()
    {
        await PublishAsync();
        await _scene.SyncAsync();
        var key = Convert.ToHexStringLower(Skills.Tests.Artifacts.DemoPackage.Key.PublicKey);
        var watch = new RegistryWatch(PluginHost.State.StateRoot.Open(_scene.State).Registries);
        var ledger = TrustLedger.Empty with
        {
            Registries = ImmutableSortedDictionary<string, RegistryRecord>.Empty.Add(RemoteRegistry.OriginOf(new Uri(_scene["index.json"])), RegistryRecord.Listed(RegistryScene.PublicKey, _scene.Time.GetUtcNow())),
        };

        Assert.IsTrue(watch.IsDelegated("acme", key, ledger));
        Assert.IsFalse(watch.IsDelegated("acme", key, ledger with { Registries = ledger.Registries!.Clear() }));
        Assert.IsFalse(watch.IsDelegated("acme", key, ledger.Revoke(RegistryScene.PublicKey, new() { Reason = "compromised", At = _scene.Time.GetUtcNow() })));
    }

    [TestMethod]
    public async Task LogThatForks_IsRefused_AndTheKillCountsAllTheSame()
    {
        await PublishAsync();
        await InstallAsync();
        await _scene.SyncAsync();

        // The registry starts its log anew, with the same key and other entries.
        Directory.Delete(_scene["log"], recursive: true);
        var files = new FilesBelow(_scene.Files, RegistryFiles.Log);
        using (var log = LogWriter.Create(files, RegistryScene.Origin, _scene["../another"], RegistryScene.LogKey))
        {
            log.Publish(log.Append([new byte[] { 1 }, new byte[] { 2 }]));
        }

        Assert.AreEqual("log.fork", await Refusal(() => _scene.SyncAsync()));
        Assert.IsTrue(Directory.EnumerateDirectories(Path.Combine(_scene.State, "lifecycle", "logs"), "*.fork").Any(), "both trees are kept");
    }

    [TestMethod]
    public async Task FolderOfPackages_CannotBeFollowed()
    {
        await using var host = _scene.Host();
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => host.Library.SyncAsync(SkillRegistry.Folder(_scene.Root)));
    }

    [TestMethod]
    public async Task RegistryOnAPlainFileServer_IsTheSame()
    {
        await PublishAsync();
        using var server = new HttpsFolder();
        foreach (var file in Directory.EnumerateFiles(_scene.Root, "*", SearchOption.AllDirectories))
        {
            server.Files["/reg/" + Path.GetRelativePath(_scene.Root, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        }

        await using var host = _scene.Host();
        var registry = SkillRegistry.Https(server.At("/reg/index.json"), RegistryScene.PublicKey, server.Roots);
        Assert.AreEqual("acme.demo", (await host.Library.SearchAsync(registry, "DEMO")).Single().SkillId);
        Assert.AreEqual(0, (await host.Library.SearchAsync(registry, "other")).Count);
        var installed = await host.Library.InstallAsync(registry, "acme.demo");
        Assert.AreEqual("1.0.0", installed.Version);
        Assert.AreEqual((1, 1L), await host.Library.SyncAsync(registry) is var report ? (report.Offered, report.LogSize!.Value) : default);
    }

    [TestMethod]
    public async Task PublisherWhoseKeyTheRegistryNames_IsKnownBetter()
    {
        await PublishAsync();
        var package = RegistryScene.Package();
        File.WriteAllBytes(_scene["../brought.palyra-skill"], package);
        async Task<int> Identity()
        {
            await using var host = _scene.Host();
            var refused = await Assert.ThrowsExactlyAsync<SkillConsentException>(() => host.LoadSkillAsync(_scene["../brought.palyra-skill"]));
            return refused.Request!.Score.Components.Single(component => component.Name == "identity").Value;
        }

        Assert.AreEqual(300, await Identity());
        await _scene.SyncAsync();
        Assert.AreEqual(800, await Identity());
    }

    /// <summary>Lets the registry sign something else than it took in.</summary>
    private void Withhold(Func<RegistryContent, RegistryContent> change)
    {
        using var registry = _scene.Open();
        registry.Show(change(registry.Content));
    }

    private static RegistryWriter Closed(RegistryWriter registry)
    {
        registry.Dispose();
        return registry;
    }
}
