using System.Text;
using PluginHost.Consent;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Consents;

/// <summary>A policy may consent where an operator signed exactly its bytes.</summary>
[TestClass]
public sealed class SignedPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SigningKey _operator = SigningKey.Generate();

    public void Dispose()
    {
        _folder.Dispose();
        _operator.Dispose();
    }

    private string Policy(string payload, SigningKey? key)
    {
        var text = Encoding.UTF8.GetBytes($"schema = 1\n[consent]\naccept = [\"{payload}\"]\n");
        File.WriteAllBytes(_folder["policy.toml"], text);
        if (key is not null)
        {
            File.WriteAllBytes(_folder["policy.toml.dsse"], SignedPolicy.Sign(text, key));
        }

        return _folder["policy.toml"];
    }

    private SkillHostOptions Read(string path) => SkillHostOptions.FromSignedPolicy(path, [Convert.ToHexStringLower(_operator.PublicKey)]);

    private static string CodeOf(Action action) => Assert.ThrowsExactly<SkillStateException>(action).Code;

    [TestMethod]
    public async Task Payload_ThatTheOperatorSigned_IsAccepted_AndNoOther()
    {
        string payload;
        await using (var host = TestHosts.Create())
        {
            payload = host.LoadSkill(Fixtures.Skill("text")).PayloadDigest;
        }

        var options = Read(Policy(payload, _operator));
        options.TrustedPublishers["acme"] = [Convert.ToHexStringLower(TestHosts.Key.PublicKey)];
        options.AuditFile = _folder["log"];
        await using var strict = SkillHost.Create(options);
        strict.LoadSkill(Fixtures.Skill("text"));
        Assert.AreEqual("consent.nobody", Assert.ThrowsExactly<SkillConsentException>(() => strict.LoadSkill(Fixtures.Skill("stats"))).Code);
        StringAssert.Contains(File.ReadAllText(_folder["log"]), $"\"who\":\"{_operator.KeyId}\",\"how\":\"policy\"");
    }

    [TestMethod]
    public void UnsignedOrForeignOrChangedPolicies_AreRefused()
    {
        var payload = new string('a', 64);
        Assert.AreEqual("state.policy", CodeOf(() => SkillHostOptions.FromPolicy(Policy(payload, _operator))), "consent without asking for a signature");
        File.Delete(_folder["policy.toml.dsse"]);
        Assert.AreEqual("state.policy", CodeOf(() => Read(Policy(payload, null))));
        using var other = SigningKey.Generate();
        Assert.AreEqual("state.policy", CodeOf(() => Read(Policy(payload, other))));
        var path = Policy(payload, _operator);
        Read(path);
        File.AppendAllText(path, "\n");
        Assert.AreEqual("state.policy", CodeOf(() => Read(path)));
        Assert.ThrowsExactly<FormatException>(() => SkillHostOptions.FromSignedPolicy(path, ["12"]));
    }

    [TestMethod]
    public void EveryChangedByteOfAnEnvelope_IsRefused_OrChangesNothing()
    {
        var path = Policy(new string('a', 64), _operator);
        var envelope = File.ReadAllBytes(path + ".dsse");
        var accepted = 0;
        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = envelope.ToArray();
            changed[i] ^= 1;
            File.WriteAllBytes(path + ".dsse", changed);
            try
            {
                Read(path);
                accepted++;
            }
            catch (SkillStateException e)
            {
                Assert.AreEqual("state.policy", e.Code);
            }
        }

        // The key id is a hint that nobody signed.
        Assert.IsLessThanOrEqualTo("\"keyid\":\"ed25519:0123456789abcdef\"".Length, accepted);
    }

    [TestMethod]
    public void Envelope_IsEncodedAsDsseSays()
    {
        // PAE of the specification's example: type "http://example.com/HelloWorld", payload "hello world".
        var message = Encoding.UTF8.GetBytes("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        var envelope = DsseEnvelope.Read(DsseEnvelope.Sign("http://example.com/HelloWorld", "hello world"u8.ToArray(), _operator));

        Assert.IsNotNull(envelope.SignedBy([_operator.PublicKey]));
        using var json = System.Text.Json.JsonDocument.Parse(DsseEnvelope.Sign("http://example.com/HelloWorld", "hello world"u8.ToArray(), _operator));
        var signature = json.RootElement.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64();
        Assert.AreEqual(SignatureVerdict.Valid, Ed25519.Verify(_operator.PublicKey, message, signature));
    }
}
