using System.Text;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Cryptography;

[TestClass]
public sealed class SigningKeyTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static SigningKey Read(string text, string? passphrase = null) => SigningKey.Read(Encoding.ASCII.GetBytes(text), () => passphrase);

    [TestMethod]
    public void Pem_OfRfc8410_IsRead()
    {
        using var key = Read("""
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----
            """);

        Assert.AreEqual("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", Convert.ToBase64String(key.PublicKey));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("correct horse ✓")]
    public void Pem_ThatWasWritten_IsReadAgain(string? passphrase)
    {
        using var key = SigningKey.Generate();
        var pem = key.ToPem(passphrase);

        using var again = Read(pem, passphrase);

        CollectionAssert.AreEqual(key.PublicKey, again.PublicKey);
        StringAssert.StartsWith(pem, passphrase is null ? "-----BEGIN PRIVATE KEY-----" : "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    [TestMethod]
    public void RawFormsOfPalyra_AreRead()
    {
        var expected = Ed25519.PublicKey(Seed);
        foreach (var form in new[]
        {
            Seed,
            Encoding.ASCII.GetBytes(Convert.ToHexString(Seed)),
            Encoding.ASCII.GetBytes("  " + Convert.ToHexStringLower(Seed) + "\n"),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Seed) + "\r\n"),
            Encoding.ASCII.GetBytes("\tabcdefghijklmnopqrstuvwxyz012345\n"),
        })
        {
            using var key = SigningKey.Read(form, () => null);
            if (form[0] != '\t')
            {
                CollectionAssert.AreEqual(expected, key.PublicKey);
            }
            else
            {
                CollectionAssert.AreEqual(Ed25519.PublicKey("abcdefghijklmnopqrstuvwxyz012345"u8), key.PublicKey);
            }
        }
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("abc")]
    [DataRow("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [DataRow("zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [DataRow("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----")]
    [DataRow("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----")]
    [DataRow("-----BEGIN PRIVATE KEY-----\nnot base64\n-----END PRIVATE KEY-----")]
    [DataRow("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----")]
    [DataRow("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----")]
    public void Text_ThatIsNoEd25519Key_IsRefused(string text) => Assert.Throws<FormatException>(() => Read(text, ""));

    [TestMethod]
    public void Passphrase_ThatIsWrongOrMissing_IsRefused()
    {
        using var key = SigningKey.Generate();
        var pem = key.ToPem("right");

        Assert.Throws<FormatException>(() => Read(pem, "wrong"));
        Assert.Throws<FormatException>(() => Read(pem));
    }
}
