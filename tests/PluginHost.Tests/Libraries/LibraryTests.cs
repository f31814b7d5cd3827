using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Library;
using PluginHost.Skills;
using PluginHost.Skills.Artifacts;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Libraries;

[TestClass]
public class LibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LibraryTests() => StateRoot.Create(State);

    private protected string State => _folder["state"];

    private string Skills => Path.Combine(State, "skills");

    private string Index => Path.Combine(Skills, "installed-index.json");

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = State;

    private protected SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        Configure(options);
        options.Limits.ConcurrentLoads = 32;
        configure?.Invoke(options);
    });

    private protected string Package(string version = "1.0.0", string id = "acme.test") => new TestPackage { Version = version, Id = id }.Write(_folder);

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
    public async Task Installed_RunsFromTheLibrary_WithoutItsFile()
    {
        await using (var host = Host())
        {
            var package = Package();
            var entry = host.Library.Install(package);
            Assert.AreEqual(("acme.test", "1.0.0", true, SkillStatus.Enabled), (entry.SkillId, entry.Version, entry.IsCurrent, entry.Status));
            File.Delete(package);
        }

        await using var later = Host();
        var skill = await later.LoadInstalledSkillAsync("acme.test");
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);
        Assert.HasCount(1, later.Library.List());
    }

    [TestMethod]
    [DataRow("damaged")]
    [DataRow("")]
    public async Task DamagedCopy_IsMadeGood_ByInstallingItAgain(string damage)
    {
        await using var host = Host();
        var package = Package();
        host.Library.Install(package);
        File.WriteAllText(Path.Combine(Skills, "acme.test", "1.0.0", "artifact.palyra-skill"), damage);
        Assert.AreEqual("state.artifact", Code(() => host.LoadInstalledSkill("acme.test")));

        Assert.AreEqual("1.0.0", host.Library.Install(package).Version);

        Assert.AreEqual("hi", (await host.LoadInstalledSkill("acme.test").CallAsync("acme.run", "hi")).Text);
        Assert.AreEqual("policy.installed", Code(() => host.Library.Install(package)));
    }

    [TestMethod]
    public async Task Layout_IsPalyras()
    {
        await using var host = Host();
        var package = Package();
        host.Library.Install(package);

        var folder = Path.Combine(Skills, "acme.test", "1.0.0");
        CollectionAssert.AreEqual(File.ReadAllBytes(package), File.ReadAllBytes(Path.Combine(folder, "artifact.palyra-skill")));
        foreach (var name in new[] { "skill.toml", "signature.json", "sbom.cdx.json", "provenance.json", "install-metadata.json", "modules/m.wasm" })
        {
            Assert.IsTrue(File.Exists(Path.Combine(folder, name)), name);
        }

        var index = JsonNode.Parse(File.ReadAllText(Index))!;
        Assert.AreEqual(1, index["schema_version"]!.GetValue<int>());
        CollectionAssert.AreEqual(
            new[] { "skill_id", "version", "publisher", "current", "installed_at_unix_ms", "artifact_sha256", "payload_sha256", "signature_key_id", "trust_decision", "source", "missing_secrets" },
            index["entries"]![0]!.AsObject().Select(field => field.Key).ToArray());
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual("1.0.0", new FileInfo(Path.Combine(Skills, "acme.test", "current")).LinkTarget);
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [TestMethod]
    public async Task NewVersion_IsCurrent_AndTheOldOneIsRemembered()
    {
        await using var host = Host();
        host.Library.Install(Package("1.9.0"));
        host.Library.Install(Package("1.10.0"));

        CollectionAssert.AreEqual(new[] { "1.9.0 False", "1.10.0 True" }, host.Library.List().Select(entry => $"{entry.Version} {entry.IsCurrent}").ToArray());
        var snapshot = JsonNode.Parse(File.ReadAllText(Index))!["entries"]![1]!["rollback_snapshot"]!;
        Assert.AreEqual("1.9.0", snapshot["previous_version"]!.GetValue<string>());
        Assert.AreEqual("trust.downgrade", Code(() => host.Library.Install(Package("1.8.0"))));
        host.Library.Install(Package("1.8.0"), new SkillLoadOptions { AllowDowngrade = true });
        Assert.AreEqual("1.8.0", host.Library.List().Single(entry => entry.IsCurrent).Version);
    }

    [TestMethod]
    public async Task Rollback_BringsTheVersionBeforeBack_AndRefusesTheOther()
    {
        await using var host = Host();
        host.Library.Install(Package("1.0.0"));
        Assert.AreEqual("policy.rollback", Code(() => host.Library.Rollback("acme.test", "none before")));
        host.Library.Install(Package("2.0.0"));
        var skill = host.LoadInstalledSkill("acme.test");

        Assert.AreEqual("1.0.0", host.Library.Rollback("acme.test", "it fails").Version);

        Assert.AreEqual("policy.rolled-back", (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""))).Code);
        Assert.AreEqual("policy.rolled-back", Code(() => host.LoadInstalledSkill("acme.test", "2.0.0")));
        Assert.AreEqual("1.0.0", host.LoadInstalledSkill("acme.test").Version);
    }

    [TestMethod]
    public async Task Removed_IsGone_StopsRunning_AndTheNextHighestIsCurrent()
    {
        await using var host = Host();
        foreach (var version in new[] { "1.2.0", "1.10.0", "2.0.0" })
        {
            host.Library.Install(Package(version));
        }

        var skill = host.LoadInstalledSkill("acme.test");
        Assert.AreEqual("2.0.0", host.Library.Remove("acme.test"));

        Assert.IsFalse(Directory.Exists(Path.Combine(Skills, "acme.test", "2.0.0")));
        Assert.AreEqual("1.10.0", host.Library.List().Single(entry => entry.IsCurrent).Version);
        Assert.AreEqual("policy.removed", (await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""))).Code);
        Assert.AreEqual("1.2.0", host.Library.Remove("acme.test", "1.2.0"));
        Assert.AreEqual("1.10.0", host.Library.Remove("acme.test"));
        Assert.AreEqual("policy.not-installed", Code(() => host.Library.Remove("acme.test")));
        Assert.IsFalse(Directory.Exists(Path.Combine(Skills, "acme.test")));
        host.Library.Install(Package("2.0.0"));
    }

    [TestMethod]
    public async Task InstalledVersion_IsNotInstalledAgain()
    {
        await using var host = Host();
        host.Library.Install(Package());
        Assert.AreEqual("policy.installed", Code(() => host.Library.Install(Package())));
    }

    [TestMethod]
    public async Task InstalledVersionThatIsNotCurrent_BecomesIt_AndRollbackLeadsBack()
    {
        await using var host = Host();
        var (first, second) = (Package(), Package("2.0.0"));
        host.Library.Install(first);
        host.Library.Install(second);

        Assert.AreEqual("trust.downgrade", Code(() => host.Library.Install(first)));
        Assert.AreEqual("2.0.0", host.Library.Current("acme.test")!.Version);
        Assert.IsTrue(host.Library.Install(first, new SkillLoadOptions { AllowDowngrade = true }).IsCurrent);

        Assert.AreEqual("1.0.0", (await host.LoadInstalledSkillAsync("acme.test")).Version);
        Assert.AreEqual("2.0.0", (await host.LoadInstalledSkillAsync("acme.test", "2.0.0")).Version);
        Assert.AreEqual("2.0.0", host.Library.Rollback("acme.test", "was right after all").Version);
        Assert.AreEqual("policy.rolled-back", Code(() => host.Library.Install(first, new SkillLoadOptions { AllowDowngrade = true })));
        Assert.HasCount(2, host.Library.List());
    }

    [TestMethod]
    public async Task OtherBytesOfAnInstalledVersion_AreRefused_WhateverIsCurrent()
    {
        await using var host = Host();
        host.Library.Install(Package());
        host.Library.Install(Package("2.0.0"));
        var other = new TestPackage { Words = "Other words." }.Write(_folder);
        Assert.AreEqual("policy.installed", Code(() => host.Library.Install(other, new SkillLoadOptions { AllowDowngrade = true })));
        Assert.AreEqual("2.0.0", host.Library.Current("acme.test")!.Version);
    }

    [TestMethod]
    public async Task InstallationsThatMayWait_AllTakePlace()
    {
        await using var host = Host(options => options.Limits.ConcurrentLoads = 1);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => host.Library.InstallAsync(Package(id: $"acme.test{i}"))));
        var registry = Directory.CreateDirectory(_folder["registry"]).FullName;
        foreach (var i in Enumerable.Range(2, 6))
        {
            File.Move(Package(id: $"acme.test{i}"), Path.Combine(registry, $"{i}.palyra-skill"));
        }

        await host.Library.InstallAsync(SkillRegistry.Folder(registry), "acme.test2");
        Assert.HasCount(3, host.Library.List());
    }

    [TestMethod]
    public virtual async Task RefusedPackage_LeavesNothing()
    {
        await using var host = Host(options =>
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
        });
        Assert.AreEqual("policy.wildcard", Code(() => host.Library.Install(new TestPackage { Manifest = "[capabilities]\nhttp_egress_allowlist = [\"*\"]\n[capabilities.wildcard_opt_in]\nhttp_egress = true" }.Write(_folder))));

        Assert.HasCount(0, host.Library.List());
        Assert.IsEmpty(Directory.EnumerateDirectories(Skills));
        Assert.DoesNotContain("acme", File.ReadAllText(Path.Combine(State, "trust", "trust-store.json")), "a package that is refused pins nobody");
    }

    [TestMethod]
    [DataRow("con.test")]
    [DataRow("nul")]
    public async Task SkillThatNoFolderCanBeCalled_IsRefused(string id)
    {
        await using var host = Host();
        Assert.AreEqual("policy.reserved-name", Code(() => host.Library.Install(Package(id: id))));
    }

    [TestMethod]
    public virtual async Task EditedOrLostIndex_IsRefused_UntilItIsWrittenAnew()
    {
        await using var host = Host();
        host.Library.Install(Package());
        var good = File.ReadAllText(Index);
        foreach (var bad in new[] { good.Replace("1.0.0", "1.0.1", StringComparison.Ordinal), "", "{}", null })
        {
            if (bad is null)
            {
                File.Delete(Index);
            }
            else
            {
                File.WriteAllText(Index, bad);
            }

            // One that is missing is what a process leaves that died before it wrote the first: it is written by the next that installs.
            Assert.AreEqual(bad is null ? "" : "state.index-changed", Code(() => host.Library.List()), bad);
        }

        File.WriteAllText(Index, "{}");
        using (var office = new LifecycleOffice(StateRoot.Open(State), null, "ops"))
        {
            office.Reindex("edited by hand");
        }

        Assert.AreEqual(good, File.ReadAllText(Index));
        Assert.HasCount(1, host.Library.List());
    }

    [TestMethod]
    public virtual async Task LostIndex_OfALibraryWithAPast_IsRefused()
    {
        await using var host = Host();
        host.Library.Install(Package());
        host.Library.Install(Package("2.0.0"));
        File.Delete(Index);
        Assert.AreEqual("state.index-changed", Code(() => host.Library.List()));
    }

    [TestMethod]
    public async Task PackageThatWasExchanged_IsRefused()
    {
        await using var host = Host();
        host.Library.Install(Package());
        var artifact = Path.Combine(Skills, "acme.test", "1.0.0", "artifact.palyra-skill");
        File.Copy(new TestPackage { Words = "Other bytes." }.Write(_folder), artifact, overwrite: true);
        Assert.AreEqual("state.artifact", Code(() => host.LoadInstalledSkill("acme.test")));
        File.Delete(artifact);
        Assert.AreEqual("state.artifact", Code(() => host.LoadInstalledSkill("acme.test")));
    }

    [TestMethod]
    public async Task ExtractedFiles_AreForPeople_NotForRunning()
    {
        await using var host = Host();
        host.Library.Install(Package());
        File.WriteAllText(Path.Combine(Skills, "acme.test", "1.0.0", "modules", "m.wasm"), "edited");
        File.WriteAllText(Path.Combine(Skills, "acme.test", "1.0.0", "skill.toml"), "edited");
        Assert.AreEqual("hi", (await host.LoadInstalledSkill("acme.test").CallAsync("acme.run", "hi")).Text);
    }

    [TestMethod]
    public async Task Links_AreNotFollowed()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("links need a privilege on Windows");
        }

        await using var host = Host();
        host.Library.Install(Package());
        var folder = Path.Combine(Skills, "acme.test");
        Directory.Move(folder, _folder["elsewhere"]);
        Directory.CreateSymbolicLink(folder, _folder["elsewhere"]);

        Assert.AreEqual("state.permissions", Code(() => host.LoadInstalledSkill("acme.test")));
        Assert.AreEqual("state.permissions", Code(() => host.Library.Install(Package("2.0.0"))));
        Assert.AreEqual("state.permissions", Code(() => host.Library.Remove("acme.test")));
    }

    [TestMethod]
    public async Task WhatAProcessLeftThatDied_IsTakenAway_AndNothingElse()
    {
        await using var host = Host();
        host.Library.Install(Package());
        foreach (var left in new[] { "acme.test/.tmp-install-X/modules", "acme.test/.tmp-remove-Y", "acme.test/3.0.0", "acme.other/1.0.0/modules" })
        {
            Directory.CreateDirectory(Path.Combine(Skills, left));
        }

        File.WriteAllText(Path.Combine(Skills, "procedure.md"), "Palyra's");
        Directory.CreateDirectory(Path.Combine(Skills, ".quarantine"));

        host.Library.Install(Package("2.0.0"));

        CollectionAssert.AreEquivalent(new[] { "1.0.0", "2.0.0" }, Directory.EnumerateDirectories(Path.Combine(Skills, "acme.test")).Select(Path.GetFileName).Where(name => name != "current").ToArray());
        Assert.IsFalse(Directory.Exists(Path.Combine(Skills, "acme.other", "1.0.0")));
        Assert.IsTrue(File.Exists(Path.Combine(Skills, "procedure.md")) && Directory.Exists(Path.Combine(Skills, ".quarantine")));
    }

    [TestMethod]
    public async Task TwoHosts_InstallAndRemoveAtOnce_AndAgree()
    {
        await using var one = Host();
        await using var other = Host();
        var hosts = new[] { one, other };
        var packages = Enumerable.Range(0, 8).Select(i => Package(id: $"acme.test{i}")).ToList();

        var codes = new string[16];
        Parallel.For(0, 16, i => codes[i] = Code(() => hosts[i % 2].Library.Install(packages[i / 2])));

        Assert.HasCount(8, one.Library.List(), string.Join(", ", codes));
        CollectionAssert.AreEqual(one.Library.List().ToArray(), other.Library.List().ToArray());
        Parallel.For(0, 16, i => Code(() => hosts[i % 2].Library.Remove($"acme.test{i / 2}")));
        Assert.HasCount(0, other.Library.List());
        await using var after = Host();
        Assert.HasCount(0, after.Library.List());
    }

    [TestMethod]
    public async Task PackageWithAFileOfTheLibrarysName_IsRefused()
    {
        await using var host = Host();
        var error = Assert.ThrowsExactly<SkillVerificationException>(() => LibraryFolder.CheckNames(SignedSkill.Verify(
            SkillArtifact.Read(Extra("artifact.palyra-skill")))));
        Assert.AreEqual("policy.reserved-name", error.Code);
    }

    private static byte[] Extra(string name)
    {
        var package = SkillArtifact.Read(new TestPackage().Build());
        var manifest = Encoding.UTF8.GetString(package.Find("skill.toml")!);
        return PackageBuilder.Build(
            new PackageContent(
                Encoding.UTF8.GetBytes(manifest[..manifest.IndexOf("[[integrity", StringComparison.Ordinal)]), package.Find("sbom.cdx.json")!, package.Find("provenance.json")!,
                [.. package.Entries.Where(entry => entry.Path.StartsWith("modules/", StringComparison.Ordinal)), new ArchiveEntry(name, [1])]),
            TestHosts.Key,
            DateTimeOffset.UnixEpoch);
    }

    [TestMethod]
    public virtual async Task HostWithoutState_HasNoLibrary()
    {
        await using var host = TestHosts.Create();
        Assert.ThrowsExactly<InvalidOperationException>(() => host.Library);
    }
}
