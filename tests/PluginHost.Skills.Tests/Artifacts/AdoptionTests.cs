using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Tests.Trust;

namespace PluginHost.Skills.Tests.Artifacts;

[TestClass]
public sealed class AdoptionTests
{
    private static byte[] Unsigned(DemoPackage package) =>
        Packages.Zip([.. SkillArtifact.Read(package.Build()).Entries.Where(entry => entry.Path != "signature.json").Select(entry => (entry.Path, entry.Content))]);

    [TestMethod]
    public void Adopted_IsAPackageOfTheOperators_WithTheSameCode()
    {
        var file = Unsigned(new DemoPackage
        {
            Manifest = "[capabilities]\nhttp_egress_allowlist = [\"h.test\"]\n[[capabilities.secrets]]\nscope = \"skill:acme.demo\"\nkey_names = [\"K\"]",
            Capabilities = "[tools.\"acme.run\"]\nexport = \"run\"\n[http.api]\nhost = \"h.test\"\n[http.api.secret]\nuse = \"skill:acme.demo/K\"\nheader = \"X-Key\"",
        });
        var adopted = SignedSkill.Verify(SkillArtifact.Read(Adoption.Adopt(file, "ops", Keys.Of(7), "read it", DateTimeOffset.UnixEpoch)));

        Assert.AreEqual(("ops", "ops.demo", "ops.run"), (adopted.Manifest.Publisher, adopted.Manifest.SkillId, adopted.Manifest.Tools.Single().Id));
        Assert.AreEqual("skill:ops.demo", adopted.Manifest.Capabilities.Secrets.Single().Scope);
        Assert.AreEqual("skill:ops.demo/K", adopted.Capabilities!.Http.Single().Secret!.Secret);
        Assert.AreEqual("ops.run", adopted.Capabilities.Tools.Single().Tool);
        CollectionAssert.AreEqual(SkillArtifact.Read(file).Find("modules/m.wasm"), adopted.Artifact.Find("modules/m.wasm"));
        Assert.AreEqual(1, SkillInspection.Of(adopted).Provenance.Level);
        StringAssert.Contains(Encoding.UTF8.GetString(adopted.Artifact.Find("provenance.json")!), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)));
        Assert.IsNotNull(adopted.Artifact.Find("attestations/adoption.intoto.jsonl"));
    }

    [TestMethod]
    public void SignedPackage_IsNotAdopted() =>
        Assert.AreEqual("policy.adopt", Assert.ThrowsExactly<SkillVerificationException>(() => Adoption.Adopt(new DemoPackage().Build(), "ops", Keys.Of(7), "x", DateTimeOffset.UnixEpoch)).Code);

    [TestMethod]
    public void StrippedOfItsList_ItIsStillHeldToItsForm() =>
        Assert.AreEqual("integrity.files", Assert.ThrowsExactly<SkillVerificationException>(() => Adoption.Adopt(
            Packages.Zip([.. SkillArtifact.Read(new DemoPackage().Build()).Entries.Where(entry => entry.Path != "signature.json").Select(entry => (entry.Path, entry.Content)), ("assets/more", "x"u8.ToArray())]),
            "ops", Keys.Of(7), "x", DateTimeOffset.UnixEpoch)).Code);
}
