using System.Text;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Tests.Artifacts;

namespace PluginHost.Skills.Tests.Provenance;

[TestClass]
public sealed class ProvenanceInspectionTests
{
    private const string Builder = "https://ci.example/b";
    private const string Copy = "attestations/provenance.intoto.jsonl";
    private static readonly SigningKey BuilderKey = SigningKey.Read([.. Enumerable.Repeat((byte)9, 32)], () => null);
    private static readonly SigningKey Stranger = SigningKey.Read([.. Enumerable.Repeat((byte)8, 32)], () => null);
    private static readonly ProvenancePolicy Trusting = new() { Builders = [new TrustedBuilder(BuilderKey.PublicKey, Builder, 3, [])] };

    private static byte[] Envelope(string statement, SigningKey? key = null) =>
        [.. DsseEnvelope.Sign(InTotoStatement.PayloadType, Encoding.UTF8.GetBytes(statement), key ?? BuilderKey), (byte)'\n'];

    private static ProvenanceReport Check(DemoPackage package, ProvenancePolicy? policy = null, byte[]? beside = null) =>
        SkillInspection.Of(package.Signed(), new InspectionSettings { Provenance = policy ?? new ProvenancePolicy(), Beside = beside ?? [] }).Provenance;

    private static string Refusal(Func<DemoPackage, DemoPackage> change, ProvenancePolicy? policy = null) =>
        Assert.ThrowsExactly<SkillVerificationException>(() => Check(change(new DemoPackage()), policy)).Code;

    private static DemoPackage WithStatement(params (string, byte[])[] files) => new DemoPackage { Files = files } with { Provenance = new DemoPackage().Statement(top: Builder) };

    [TestMethod]
    public void MinimalForm_IsAcceptedAsSuch()
    {
        var report = Check(new DemoPackage());

        Assert.AreEqual((ProvenanceKind.Minimal, 0, "b", true), (report.Kind, report.Level, report.BuilderId, report.HasPlaceholders));
    }

    [TestMethod]
    public void Statement_ThatCoversTheModules_IsOfLevel1()
    {
        var report = Check(WithStatement(("assets/a.txt", "a"u8.ToArray())));

        Assert.AreEqual((ProvenanceKind.Statement, 1), (report.Kind, report.Level));
        Assert.AreEqual(new ProvenanceSource("git+https://git.example/acme/demo", "refs/tags/v1"), report.Source);
        Assert.AreEqual("assets/a.txt", report.UncoveredAssets.Single());
    }

    [TestMethod]
    public void Statement_OfAnotherModule_IsRefused()
    {
        Assert.AreEqual("provenance.mismatch", Refusal(package => package with { Provenance = package.Statement(top: Builder, digest: new string('0', 64)) }));
        Assert.AreEqual("provenance.mismatch", Refusal(package => package with { Provenance = package.Statement(top: Builder, digest: new string('0', 64)).Replace("modules/m.wasm", "other", StringComparison.Ordinal) }));
        Assert.AreEqual("provenance.mismatch", Refusal(package => package with
        {
            Files = [("assets/a.txt", "a"u8.ToArray())],
            Provenance = package.Statement(top: Builder).Replace("\"subject\":[", $"\"subject\":[{{\"name\":\"assets/a.txt\",\"digest\":{{\"sha256\":\"{new string('0', 64)}\"}}}},", StringComparison.Ordinal),
        }));
    }

    [TestMethod]
    public void Statement_WithAPlaceholder_IsMinimal()
    {
        var report = Check(new DemoPackage { Provenance = new DemoPackage().Statement(top: Builder, digest: "placeholder-generated-at-build") });

        Assert.AreEqual((ProvenanceKind.Minimal, 0, true), (report.Kind, report.Level, report.HasPlaceholders));
    }

    [TestMethod]
    public void TwoBuilders_AreRefused() => Assert.AreEqual("provenance.builder", Refusal(package => package with { Provenance = package.Statement(top: "another") }));

    [TestMethod]
    public void Copy_SignedByATrustedBuilder_RaisesTheLevel()
    {
        var report = Check(WithStatement((Copy, Envelope(new DemoPackage().Statement()))), Trusting);

        Assert.AreEqual((3, BuilderKey.KeyId), (report.Level, report.SignedBy));
        Assert.IsTrue(report.Evidence.Single().Counts);
    }

    [TestMethod]
    public void Copy_SignedByAStranger_OrForAnotherBuilder_HasNoWeight()
    {
        var other = new ProvenancePolicy { Builders = [new TrustedBuilder(BuilderKey.PublicKey, "https://another.example", 3, [])] };

        Assert.AreEqual(1, Check(WithStatement((Copy, Envelope(new DemoPackage().Statement(), Stranger))), Trusting).Level);
        Assert.AreEqual(1, Check(WithStatement((Copy, Envelope(new DemoPackage().Statement()))), other).Level);
    }

    [TestMethod]
    public void Copy_ThatTellsAnotherStory_IsRefused() =>
        Assert.AreEqual("provenance.copy", Refusal(_ => WithStatement((Copy, Envelope(new DemoPackage().Statement(parameters: "{}")))), Trusting));

    [TestMethod]
    public void Copy_WithAParameterThatIsNotExpected_HasNoWeight()
    {
        var strict = new ProvenancePolicy { Builders = [new TrustedBuilder(BuilderKey.PublicKey, Builder, 3, ["target"])] };
        var report = Check(WithStatement((Copy, Envelope(new DemoPackage().Statement()))), strict);

        Assert.AreEqual(1, report.Level);
        StringAssert.Contains(report.Evidence.Single().Detail, "'source'");
    }

    [TestMethod]
    public void Evidence_BesideThePackage_Counts_AndGarbageThereDoesNotHurt()
    {
        var good = Envelope(new DemoPackage().Statement());
        var about = Envelope(new DemoPackage().Statement().Replace("\"digest\":{", $"\"digest\":{{\"palyraPayload1\":\"{new string('0', 64)}\",", StringComparison.Ordinal));

        Assert.AreEqual(3, Check(new DemoPackage(), Trusting, [.. "{}\nno json\n\n"u8, .. good]).Level);
        Assert.AreEqual(0, Check(new DemoPackage(), Trusting, about).Level);
        Assert.AreEqual(0, Check(new DemoPackage(), Trusting, new byte[EvidenceBundle.MaxBytes + 1]).Level);
        Assert.AreEqual(0, Check(new DemoPackage(), Trusting, Envelope(new DemoPackage().Statement(digest: new string('0', 64)))).Level);
    }

    [TestMethod]
    public void Policy_DemandsALevel()
    {
        Assert.AreEqual("provenance.level", Refusal(package => package, new ProvenancePolicy { MinimumLevel = 1 }));
        Assert.AreEqual(1, Check(WithStatement(), new ProvenancePolicy { MinimumLevel = 1 }).Level);
    }

    [TestMethod]
    [DataRow("https://git.example/acme/demo.git", "refs/tags/*", true)]
    [DataRow("git+https://git.example/acme/demo", null, true)]
    [DataRow("https://git.example/acme/demo", "refs/tags/v1", true)]
    [DataRow("https://git.example/acme/demo", "refs/heads/*", false)]
    [DataRow("https://git.example/acme/demo2", null, false)]
    [DataRow("https://git.example/acme", null, false)]
    public void Policy_ExpectsASource(string repository, string? reference, bool fits)
    {
        var policy = new ProvenancePolicy { Sources = new ProvenancePolicy().Sources.Add("acme", new SourceExpectation(repository, reference)) };

        if (fits)
        {
            Check(WithStatement(), policy);
            return;
        }

        Assert.AreEqual("provenance.source", Refusal(_ => WithStatement(), policy));
        Assert.AreEqual("provenance.source", Refusal(package => package, policy));
    }

    [TestMethod]
    public void Envelope_CountsAKeyOnce_AndHasOneId()
    {
        var payload = "{}"u8.ToArray();
        var envelope = DsseEnvelope.Read(DsseEnvelope.Sign(InTotoStatement.PayloadType, payload, BuilderKey, BuilderKey, Stranger));

        Assert.AreEqual(1, envelope.CountOf([BuilderKey.PublicKey, BuilderKey.PublicKey]));
        Assert.AreEqual(2, envelope.CountOf([BuilderKey.PublicKey, Stranger.PublicKey, DemoPackage.Key.PublicKey]));
        Assert.AreEqual("4842cb1ba6fed6e460d8a0d56f6b64ccf1f1e11f7714a7f282080d5780251b63", envelope.Id);
    }

    [TestMethod]
    public void KeyEvent_InThePackage_IsNoted_NotIgnored()
    {
        var first = Trust.Keys.Event(1, null, [DemoPackage.Key], [DemoPackage.Key]);
        var outcome = Check(new DemoPackage { Files = [("attestations/key-events.intoto.jsonl", [.. first.Envelope!.Raw.Span, (byte)'\n'])] }).Evidence.Single();

        Assert.IsTrue(outcome.Counts);
        StringAssert.Contains(outcome.Detail, "trust room");
    }
}
