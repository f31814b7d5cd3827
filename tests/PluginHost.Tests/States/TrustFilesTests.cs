using PluginHost.Skills.Trust;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.States;

/// <summary>Whom a host trusts, in the files of its state directory: what somebody else wrote there is an alarm.</summary>
[TestClass]
public sealed class TrustFilesTests : TrustStateTests
{
    [TestMethod]
    [DataRow("edited")]
    [DataRow("older")]
    [DataRow("emptied")]
    [DataRow("deleted")]
    [DataRow("ledger-deleted")]
    [DataRow("ledger-edited")]
    public async Task FilesOfTrust_ThatSomebodyElseWrote_AreAnAlarm(string what)
    {
        var older = File.ReadAllBytes(Root.TrustStore);
        Assert.AreEqual("ok", await Load(new TestPackage()));
        switch (what)
        {
            case "edited":
                File.WriteAllText(Root.TrustStore, File.ReadAllText(Root.TrustStore).Replace("acme", "acne", StringComparison.Ordinal));
                break;
            case "older":
                File.WriteAllBytes(Root.TrustStore, older);
                break;
            case "emptied":
                File.WriteAllText(Root.TrustStore, "");
                break;
            case "deleted":
                File.Delete(Root.TrustStore);
                break;
            case "ledger-deleted":
                File.Delete(Root.TrustLedger);
                break;
            default:
                File.WriteAllText(Root.TrustLedger, File.ReadAllText(Root.TrustLedger).Replace("1.0.0", "0.0.1", StringComparison.Ordinal));
                break;
        }

        StringAssert.StartsWith(await Load(new TestPackage()), "state.");
        Assert.AreNotEqual("ok", await Load(new TestPackage { Id = "acme.other" }));
    }

    [TestMethod]
    public async Task Anchor_KnowsTheStore_EvenWhereItsDirectoryWasMadeToAgree()
    {
        var anchor = StateAnchors.File(Path.Combine(Path.GetDirectoryName(Root.Path)!, "anchor"));
        Assert.AreEqual("ok", await Load(new TestPackage(), options => options.Anchor = anchor));
        var store = File.ReadAllBytes(Root.TrustStore);
        var forged = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(store).Replace("acme", "acne", StringComparison.Ordinal));
        File.WriteAllBytes(Root.TrustStore, forged);
        StateGeneration.Change(Root.Generation, DateTimeOffset.UtcNow, state => state with { Trust = TrustSeal.Of(forged, File.ReadAllBytes(Root.TrustLedger)).ToString() });

        Assert.AreEqual("state.trust-changed", await Load(new TestPackage(), options => options.Anchor = anchor));
        Assert.AreEqual("ok", await Load(new TestPackage { Id = "acme.other" }), "without the anchor nobody could tell");
    }

    [TestMethod]
    public async Task ProcessThatDiesBetweenTheFiles_LeavesBothUsable()
    {
        Assert.AreEqual("ok", await Load(new TestPackage()));
        var guard = StateGuard.Open(Root, null, TimeProvider.System);
        var (store, ledger) = (File.ReadAllBytes(Root.TrustStore), File.ReadAllBytes(Root.TrustLedger));
        var next = TrustStore.Read(store).With("other", new string('a', 64)).Write();
        guard.SealTrust(TrustSeal.Of(store, ledger), TrustSeal.Of(next, ledger));

        Assert.AreEqual("ok", await Load(new TestPackage()), "before the file");
        guard.SealTrust(TrustSeal.Of(store, File.ReadAllBytes(Root.TrustLedger)), TrustSeal.Of(next, File.ReadAllBytes(Root.TrustLedger)));
        File.WriteAllBytes(Root.TrustStore, next);
        Assert.AreEqual("ok", await Load(new TestPackage()), "after it");
    }

    [TestMethod]
    public async Task TrustInit_ReplacesTheStore_OnRecord()
    {
        Assert.AreEqual("ok", await Load(new TestPackage()));
        File.WriteAllText(Root.TrustStore, "{}");
        Assert.AreEqual("state.trust-changed", await Load(new TestPackage()));
        using (var office = new TrustOffice(Root, null, "ops"))
        {
            office.Replace(TrustStore.Empty, "lost after a crash");
        }

        Assert.AreEqual("ok", await Load(new TestPackage()));
        StringAssert.Contains(AuditText(), "\"event\":\"store-replaced\"");
        StringAssert.Contains(AuditText(), "lost after a crash");
    }
}
