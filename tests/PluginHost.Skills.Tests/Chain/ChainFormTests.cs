using System.Text;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>Lines that are no links.</summary>
[TestClass]
public sealed class ChainFormTests
{
    private readonly ChainScene _scene = new();

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    [TestMethod]
    [DataRow("\"v\":1", "\"v\":2")]
    [DataRow("\"role\":\"auditor\"", "\"role\":\"author\"")]
    [DataRow("\"narrator\":\"ed25519:", "\"narrator\":\"ed25518:")]
    [DataRow("\"seq\":", "\"seq\":-")]
    [DataRow("\"seq\":", "\"seq\":1.5,\"more\":")]
    [DataRow("Z\",\"seq\"", "\",\"seq\"")]
    [DataRow("\"issuedAt\":\"2026", "\"issuedAt\":\"0001")]
    [DataRow("\"prev\":[\"", "\"prev\":[\"\\ud800")]
    [DataRow("REVIEWED_SOURCE", "LIKED_SOURCE")]
    [DataRow("\"prev\":[\"", "\"prev\":[\"0")]
    public void MalformedLinks_AreToldAndLowerNothing(string from, string to)
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var text = Encoding.UTF8.GetString(DsseEnvelope.Read(_scene.Review(Id(release))).Payload);
        Assert.AreNotEqual(text, text.Replace(from, to, StringComparison.Ordinal));
        var broken = DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), Auditor);
        var report = Of(release, review, broken);

        Assert.AreEqual((ChainGrade.Fair, 1), (report.Grade, report.Unread.Length + report.Malformed));
    }

    [TestMethod]
    public void HalfOfACharacter_InAFieldThatNobodyReads_IsNoStatement()
    {
        var release = _scene.Release();
        var text = Encoding.UTF8.GetString(DsseEnvelope.Read(_scene.Review(Id(release))).Payload);
        ChainReport With(string field) => Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.UTF8.GetBytes(text.Replace("\"predicate\":{", "\"predicate\":{" + field, StringComparison.Ordinal)), Auditor));

        Assert.AreEqual((ChainGrade.Fair, 0), With(@"""note"":[{""a"":""\ud83d\ude00""}],") is var good ? (good.Grade, good.Malformed) : default);
        Assert.AreEqual((ChainGrade.Weak, 1), With(@"""note"":[{""a"":""\ud83d""}],") is var bad ? (bad.Grade, bad.Malformed) : default);
        Assert.AreEqual((ChainGrade.Weak, 1), With(@"""note"":[{""\ud83d"":1}],") is var name ? (name.Grade, name.Malformed) : default);
    }

    [TestMethod]
    public void MarkBeforeTheFirstLine_HidesNothing()
    {
        var release = _scene.Release();

        Assert.AreEqual((ChainGrade.Fair, 0), Of([.. "\uFEFF"u8, .. release], _scene.Review(Id(release))) is var report ? (report.Grade, report.Malformed) : default);
    }

    [TestMethod]
    [DataRow("nothing")]
    [DataRow("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[]}")]
    [DataRow("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[{\"sig\":\"AAAA\"}]}")]
    public void Lines_ThatAreNoStatements_AreCounted(string line)
    {
        var release = _scene.Release();
        var report = Of(release, _scene.Review(Id(release)), Encoding.UTF8.GetBytes(line + "\n"));

        Assert.AreEqual((ChainGrade.Fair, 0, 1), (report.Grade, report.Unread.Length, report.Malformed));
    }

    [TestMethod]
    public void Statement_ThatIsNotUtf8_IsNone()
    {
        var release = _scene.Release();
        var review = DsseEnvelope.Read(_scene.Review(Id(release)));
        var text = Encoding.UTF8.GetString(review.Payload).Replace("\"properties\":", "\"note\":\"\u00FF\",\"properties\":", StringComparison.Ordinal);

        Assert.AreEqual(1, Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.Latin1.GetBytes(text), Auditor)).Malformed);
        Assert.AreEqual(0, Of(release, DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.UTF8.GetBytes(text), Auditor)).Malformed);
    }
}
