using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Tests.Artifacts;

namespace PluginHost.Skills.Tests.Sbom;

[TestClass]
public sealed class SbomInspectionTests
{
    private static readonly string Digest = Convert.ToHexString(SHA256.HashData(Packages.Module));

    private static SbomReport Check(string sbom) =>
        SbomInspection.Check(SkillArtifact.Read(Packages.Zip(("modules/m.wasm", Packages.Module), (SbomInspection.Entry, Encoding.UTF8.GetBytes(sbom)))));

    private static string Refusal(string sbom) => Assert.ThrowsExactly<SkillVerificationException>(() => Check(sbom)).Code;

    private static string Listing(string components, string version = "1.6") =>
        $$"""{"bomFormat":"CycloneDX","specVersion":"{{version}}","version":1,"components":[{{components}}]}""";

    [TestMethod]
    public void Module_IsBoundByItsHash_AtAnyDepth()
    {
        var inner = $$"""{"type":"file","name":"x","hashes":[{"alg":"SHA-256","content":"{{Digest}}"}]}""";

        Assert.AreEqual("modules/m.wasm", Check(Listing(inner)).BoundModules.Single());
        Assert.AreEqual("modules/m.wasm", Check(Listing($$"""{"type":"library","name":"y","components":[{{inner}}]}""")).BoundModules.Single());
        Assert.AreEqual("modules/m.wasm", Check(Listing("")).UnboundModules.Single());
    }

    [TestMethod]
    public void Components_HaveTheirPackageUrls()
    {
        var report = Check(Listing("""{"type":"library","name":"rand","version":"0.7.2","purl":"pkg:cargo/rand@0.7.2"},{"type":"library","name":"odd","purl":"no purl"}"""));

        Assert.AreEqual("pkg:cargo/rand@0.7.2", report.Components.Single(component => component.Name == "rand").Url!.ToString());
        Assert.IsNotNull(report.Components.Single(component => component.Name == "odd").UnreadableUrl);
        Assert.IsTrue(report.IsChecked);
    }

    [TestMethod]
    public void UnknownVersion_IsTakenAndReported() => Assert.IsFalse(Check(Listing("""{"anything":1}""", "9.9")).IsChecked);

    [TestMethod]
    [DataRow("""{"type":"nonsense","name":"x"}""", "sbom.schema")]
    [DataRow("""{"name":"x"}""", "sbom.schema")]
    [DataRow("""{"type":"library","name":"x","hashes":[{"alg":"SHA-256","content":"00"}]}""", "sbom.schema")]
    [DataRow("""{"type":"library","name":"a","bom-ref":"r"},{"type":"library","name":"b","bom-ref":"r"}""", "sbom.reference")]
    [DataRow("""{"type":"file","name":"m.wasm","hashes":[{"alg":"SHA-256","content":"0000000000000000000000000000000000000000000000000000000000000000"}]}""", "sbom.digest")]
    public void WhatContradictsTheStandardOrThePackage_IsRefused(string components, string code) => Assert.AreEqual(code, Refusal(Listing(components)));

    [TestMethod]
    public void Timestamp_ThatIsNone_IsRefused() =>
        Assert.AreEqual("sbom.schema", Refusal("""{"bomFormat":"CycloneDX","specVersion":"1.4","version":1,"metadata":{"timestamp":"2020-04-13"}}"""));

    [TestMethod]
    public void Dependency_NamesWhatIsThere()
    {
        Assert.AreEqual("sbom.reference", Refusal("""{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"dependencies":[{"ref":"nowhere"}]}"""));
        Assert.AreEqual("sbom.reference", Refusal("""{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"a","bom-ref":"a"}],"dependencies":[{"ref":"a","dependsOn":["b"]}]}"""));
        Assert.IsTrue(Check("""{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"a","bom-ref":"a"}],"dependencies":[{"ref":"a"}]}""").IsChecked);
    }

    [TestMethod]
    [DataRow("""{"bomFormat":"CycloneDX","specVersion":"\ud800"}""")]
    [DataRow("""{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"\ud800":1}""")]
    [DataRow("""{"bomFormat":"CycloneDX","specVersion":"9","components":[{"name":"\ud800","purl":"\udc00"}]}""")]
    public void HalfACharacter_IsRefusedOrRead_NeverAnUntypedError(string sbom)
    {
        try
        {
            PluginHost.Skills.Inspection.SkillInspection.Of(new DemoPackage { Sbom = sbom }.Signed());
        }
        catch (SkillVerificationException e)
        {
            Assert.AreEqual("sbom", e.Room);
        }
    }

    [TestMethod]
    public void LargeBill_IsRead()
    {
        var components = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$"""{"type":"library","bom-ref":"r{{i}}","name":"p{{i}}","version":"1.0.{{i}}","purl":"pkg:cargo/p{{i}}@1.0.{{i}}","licenses":[{"license":{"id":"MIT"} }] }"""));

        Assert.AreEqual(5_000, Check(Listing(components)).Components.Length);
    }
}
