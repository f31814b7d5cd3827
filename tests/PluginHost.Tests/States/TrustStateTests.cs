using PluginHost.Skills;
using PluginHost.Skills.Trust;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.States;

[TestClass]
public sealed class TrustStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StateRoot _root;

    public TrustStateTests() => _root = StateRoot.Create(_folder["state"]).Root;


    public void Dispose() => _folder.Dispose();

    private SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        options.TrustedPublishers.Clear();
        options.AllowTrustOnFirstUse = true;
        options.StateDirectory = _root.Path;
        configure?.Invoke(options);
    });

    private async Task<string> Load(TestPackage package, Action<SkillHostOptions>? configure = null, SkillLoadOptions? load = null)
    {
        try
        {
            await using var host = Host(configure);
            host.LoadSkill(package.Write(_folder), load);
            return "ok";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    private string AuditText() => string.Concat(Directory.EnumerateFiles(_root.Audit, "*.jsonl*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    [TestMethod]
    public async Task Ratchets_SurviveTheProcess()
    {
        Assert.AreEqual("ok", await Load(new TestPackage { Version = "1.1.0" }));

        Assert.AreEqual("trust.downgrade", await Load(new TestPackage { Version = "1.0.0" }));
        Assert.AreEqual("trust.downgrade", await Load(new TestPackage { Version = "1.1.0", Words = "Other words." }));
        Assert.AreEqual("ok", await Load(new TestPackage { Version = "1.0.0" }, load: new SkillLoadOptions { AllowDowngrade = true }));
        StringAssert.Contains(AuditText(), "\"event\":\"downgrade\"");
    }

    [TestMethod]
    public async Task RefusedLoad_LeavesTrustAsItWas()
    {
        var before = (File.ReadAllText(_root.TrustStore), File.ReadAllText(_root.TrustLedger));

        Assert.AreEqual("consent.refused", await Load(new TestPackage(), options => options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Refuse)));
        Assert.AreEqual(before, (File.ReadAllText(_root.TrustStore), File.ReadAllText(_root.TrustLedger)));
    }

    [TestMethod]
    [DataRow("edited")]
    [DataRow("older")]
    [DataRow("emptied")]
    [DataRow("deleted")]
    [DataRow("ledger-deleted")]
    [DataRow("ledger-edited")]
    public async Task FilesOfTrust_ThatSomebodyElseWrote_AreAnAlarm(string what)
    {
        var older = File.ReadAllBytes(_root.TrustStore);
        Assert.AreEqual("ok", await Load(new TestPackage()));
        switch (what)
        {
            case "edited":
                File.WriteAllText(_root.TrustStore, File.ReadAllText(_root.TrustStore).Replace("acme", "acne", StringComparison.Ordinal));
                break;
            case "older":
                File.WriteAllBytes(_root.TrustStore, older);
                break;
            case "emptied":
                File.WriteAllText(_root.TrustStore, "");
                break;
            case "deleted":
                File.Delete(_root.TrustStore);
                break;
            case "ledger-deleted":
                File.Delete(_root.TrustLedger);
                break;
            default:
                File.WriteAllText(_root.TrustLedger, File.ReadAllText(_root.TrustLedger).Replace("1.0.0", "0.0.1", StringComparison.Ordinal));
                break;
        }

        StringAssert.StartsWith(await Load(new TestPackage()), "state.");
        Assert.AreNotEqual("ok", await Load(new TestPackage { Id = "acme.other" }));
    }

    [TestMethod]
    public async Task Anchor_KnowsTheStore_EvenWhereItsDirectoryWasMadeToAgree()
    {
        var anchor = StateAnchors.File(_folder["anchor"]);
        Assert.AreEqual("ok", await Load(new TestPackage(), options => options.Anchor = anchor));
        var store = File.ReadAllBytes(_root.TrustStore);
        var forged = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(store).Replace("acme", "acne", StringComparison.Ordinal));
        File.WriteAllBytes(_root.TrustStore, forged);
        StateGeneration.Change(_root.Generation, DateTimeOffset.UtcNow, state => state with { Trust = TrustSeal.Of(forged, File.ReadAllBytes(_root.TrustLedger)).ToString() });

        Assert.AreEqual("state.trust-changed", await Load(new TestPackage(), options => options.Anchor = anchor));
        Assert.AreEqual("ok", await Load(new TestPackage { Id = "acme.other" }), "without the anchor nobody could tell");
    }

    [TestMethod]
    public async Task ProcessThatDiesBetweenTheFiles_LeavesBothUsable()
    {
        Assert.AreEqual("ok", await Load(new TestPackage()));
        var guard = StateGuard.Open(_root, null, TimeProvider.System);
        var (store, ledger) = (File.ReadAllBytes(_root.TrustStore), File.ReadAllBytes(_root.TrustLedger));
        var next = TrustStore.Read(store).With("other", new string('a', 64)).Write();
        guard.SealTrust(TrustSeal.Of(store, ledger), TrustSeal.Of(next, ledger));

        Assert.AreEqual("ok", await Load(new TestPackage()), "before the file");
        guard.SealTrust(TrustSeal.Of(store, File.ReadAllBytes(_root.TrustLedger)), TrustSeal.Of(next, File.ReadAllBytes(_root.TrustLedger)));
        File.WriteAllBytes(_root.TrustStore, next);
        Assert.AreEqual("ok", await Load(new TestPackage()), "after it");
    }

    [TestMethod]
    public async Task TrustInit_ReplacesTheStore_OnRecord()
    {
        Assert.AreEqual("ok", await Load(new TestPackage()));
        File.WriteAllText(_root.TrustStore, "{}");
        Assert.AreEqual("state.trust-changed", await Load(new TestPackage()));
        using (var office = new TrustOffice(_root, null, "ops"))
        {
            office.Replace(TrustStore.Empty, "lost after a crash");
        }

        Assert.AreEqual("ok", await Load(new TestPackage()));
        StringAssert.Contains(AuditText(), "\"event\":\"store-replaced\"");
        StringAssert.Contains(AuditText(), "lost after a crash");
    }

    [TestMethod]
    public async Task RevokedKey_StopsTheNextLoad_OfARunningHost()
    {
        await using var host = Host();
        host.LoadSkill(new TestPackage().Write(_folder));
        using (var office = new TrustOffice(_root, null, "ops"))
        {
            office.RevokeKey(Convert.ToHexStringLower(TestHosts.Key.PublicKey), "stolen", []);
        }

        Assert.AreEqual("trust.key-revoked", Assert.Throws<SkillException>(() => host.LoadSkill(new TestPackage { Version = "1.0.1" }.Write(_folder))).Code);
    }

    [TestMethod]
    public async Task TwoHosts_PinAtOnce_InOneOrder()
    {
        await using var one = Host();
        await using var other = Host();
        var paths = Enumerable.Range(0, 8).Select(i => new TestPackage { Id = $"acme.s{i}", Publisher = i % 2 == 0 ? "acme" : "other" }.Write(_folder)).ToList();
        await Task.WhenAll(paths.Select((path, i) => Task.Run(() => (i < 4 ? one : other).LoadSkillAsync(path))));
        var view = new TrustFiles(null, _root, null, []).Read();

        Assert.HasCount(8, view.Ledger.Skills);
        Assert.HasCount(2, view.Store.Pins.ToList());
    }

    [TestMethod]
    public async Task BuildersKey_IsNoPublishers() => Assert.AreEqual(
        "trust.key-role",
        await Load(new TestPackage(), options => options.Provenance.Builders.Add(new ProvenanceBuilder(Convert.ToHexStringLower(TestHosts.Key.PublicKey), "https://ci.example", 2))));

    [TestMethod]
    public async Task UnsignedPackage_RunsOnProbation_WithApprovalAndWithoutReach()
    {
        var unsigned = Unsigned(new TestPackage
        {
            Manifest = "[capabilities]\nhttp_egress_allowlist = [\"h.test\"]\n[capabilities.filesystem]\nwrite_roots = [\"out\"]",
        });
        var approved = 0;
        await using (var refusing = Host())
        {
            Assert.AreEqual("signature.missing", Assert.Throws<SkillException>(() => refusing.LoadSkill(unsigned)).Code);
        }

        await using var host = Host(options =>
        {
            options.AllowUnsignedOnProbation = true;
            options.Approve = (_, _) => ValueTask.FromResult(++approved > 1);
        });
        var skill = host.LoadSkill(unsigned);

        Assert.AreEqual("(nobody)", skill.Publisher);
        Assert.AreEqual("consent.approval-refused", (await Assert.ThrowsAsync<SkillException>(() => skill.CallAsync("acme.run", "x"))).Code);
        Assert.AreEqual("x", (await skill.CallAsync("acme.run", "x")).Text);
        Assert.IsFalse(skill.Grants["acme.run"].ToString().Contains("h.test", StringComparison.Ordinal));
        StringAssert.Contains(AuditText(), "\"event\":\"probation\"");
        Assert.AreEqual("ok", await Load(new TestPackage { Id = "acme.signed" }));
        Assert.AreEqual("trust.once-signed", Assert.Throws<SkillException>(() => host.LoadSkill(unsigned)).Code);
    }

    private string Unsigned(TestPackage package)
    {
        var path = package.Write(_folder);
        using var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Update);
        zip.GetEntry("signature.json")!.Delete();
        return path;
    }
}
