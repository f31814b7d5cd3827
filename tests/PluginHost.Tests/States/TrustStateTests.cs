using PluginHost.Skills;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.States;

/// <summary>Whom a host trusts, wherever that is kept.</summary>
public abstract class TrustStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StateRoot _root;

    private protected TrustStateTests() => _root = StateRoot.Create(_folder["state"]).Root;

    private protected StateRoot Root => _root;

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What several machines share; null for files.</summary>
    private protected virtual ISharedState? Shared() => null;

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = _root.Path;

    private protected SkillHost Host(Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        options.TrustedPublishers.Clear();
        options.AllowTrustOnFirstUse = true;
        Configure(options);
        configure?.Invoke(options);
    });

    private protected async Task<string> Load(TestPackage package, Action<SkillHostOptions>? configure = null, SkillLoadOptions? load = null)
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

    private protected string AuditText() => string.Concat(Directory.EnumerateFiles(_root.Audit, "*.jsonl*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    [TestMethod]
    public async Task Ratchets_SurviveTheProcess()
    {
        Assert.AreEqual("ok", await Load(new TestPackage { Version = "1.1.0" }));

        Assert.AreEqual("trust.downgrade", await Load(new TestPackage { Version = "1.0.0" }));
        Assert.AreEqual("trust.downgrade", await Load(new TestPackage { Version = "1.1.0", Words = "Other words." }));
        Assert.AreEqual("ok", await Load(new TestPackage { Version = "1.0.0" }, load: new SkillLoadOptions { AllowDowngrade = true }));
        StringAssert.Contains(AuditText(), "\"event\":\"downgrade\"");
    }

    private (string Store, string Ledger) Documents()
    {
        using var shared = Shared();
        var (store, ledger) = shared?.Trust.Read() ?? (File.ReadAllBytes(_root.TrustStore), File.ReadAllBytes(_root.TrustLedger));
        return (Convert.ToHexString(store), Convert.ToHexString(ledger));
    }

    [TestMethod]
    public async Task RefusedLoad_LeavesTrustAsItWas()
    {
        var before = Documents();

        Assert.AreEqual("consent.refused", await Load(new TestPackage(), options => options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Refuse)));
        Assert.AreEqual(before, Documents());
    }

    [TestMethod]
    public async Task RevokedKey_StopsTheNextLoad_OfARunningHost()
    {
        await using var host = Host();
        host.LoadSkill(new TestPackage().Write(_folder));
        using (var office = new TrustOffice(_root, null, "ops", Shared()))
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
        using var shared = Shared();
        var view = new TrustFiles(null, _root, null, [], shared?.Trust).Read();

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
