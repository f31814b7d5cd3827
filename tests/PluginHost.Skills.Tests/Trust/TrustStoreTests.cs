using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Tests.Trust;

[TestClass]
public sealed class TrustStoreTests
{
    private static readonly SkillSignature Acme = SkillSignature.Verify(SkillArtifact.Read(Packages.Signed()));
    private static readonly string Key = Convert.ToHexStringLower(Acme.PublicKey);
    private static readonly string Other = new('a', 64);

    private static string Refusal(TrustStore store, bool allowFirstUse = true) =>
        Assert.ThrowsExactly<SkillVerificationException>(() => store.Decide(Acme, allowFirstUse)).Code;

    private static TrustStore Read(string json) => TrustStore.Read(Encoding.UTF8.GetBytes(json));

    [TestMethod]
    public void UnknownPublisher_NeedsFirstUseToBeAllowed()
    {
        Assert.AreEqual("trust.unknown-publisher", Refusal(TrustStore.Empty, allowFirstUse: false));
        Assert.AreEqual(TrustDecision.NewlyPinned, TrustStore.Empty.Decide(Acme, allowFirstUse: true));
    }

    [TestMethod]
    public void Pin_HoldsForItsKeyAlone()
    {
        Assert.AreEqual(TrustDecision.Pinned, TrustStore.Empty.WithPin("acme", Key).Decide(Acme, allowFirstUse: false));
        Assert.AreEqual("trust.key-changed", Refusal(Read("{\"tofu_publishers\":{\"acme\":\"" + Other + "\"}}")));
    }

    [TestMethod]
    public void List_WinsOverPinAndFirstUse()
    {
        Assert.AreEqual(TrustDecision.Allowlisted, TrustStore.Empty.With("acme", Key).Decide(Acme, allowFirstUse: false));
        Assert.AreEqual("trust.key-not-listed", Refusal(TrustStore.Empty.WithPin("acme", Key).With("acme", Other)));
    }

    [TestMethod]
    public void Store_SurvivesItsJson_NormalizedAsPalyraDoes()
    {
        var store = Read($$$"""{"trusted_publishers":{" acme ":["{{{Key.ToUpperInvariant()}}}"," {{{Other}}} "]},"tofu_publishers":{}}""");
        var again = TrustStore.Read(store.Write());

        Assert.AreEqual(TrustDecision.Allowlisted, again.Decide(Acme, allowFirstUse: false));
        CollectionAssert.AreEqual(store.Write(), again.Write());
        CollectionAssert.AreEqual(TrustStore.Empty.Write(), Read(" \n").Write());
    }

    [TestMethod]
    [DataRow("{")]
    [DataRow("[]")]
    [DataRow("""{"more":1}""")]
    [DataRow("""{"trusted_publishers":{"acme":[]}}""")]
    [DataRow("""{"trusted_publishers":{"acme":["00"]}}""")]
    [DataRow("""{"trusted_publishers":{"":["00"]}}""")]
    [DataRow("""{"tofu_publishers":{"acme":1}}""")]
    [DataRow("""{"tofu_publishers":{"acme":"x"},"tofu_publishers":{}}""")]
    public void Store_ThatIsNone_IsRefused(string json) => Assert.ThrowsExactly<FormatException>(() => Read(json));
}
