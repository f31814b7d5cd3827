using System.Security.Cryptography;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Cryptography;

/// <summary>Our Ed25519 beside that of the system's OpenSSL. The conformance verb <c>libcrypto</c> runs many more cases.</summary>
[TestClass]
public sealed class LibcryptoTests
{
    private static void DemandLibcrypto()
    {
        if (!Libcrypto.IsPresent)
        {
            Assert.Inconclusive("skipped: libcrypto.so.3 is not on this machine");
        }
    }

    [TestMethod]
    public void Signatures_AreThoseOfOpenSsl()
    {
        DemandLibcrypto();
        for (var i = 0; i < 300; i++)
        {
            var seed = RandomNumberGenerator.GetBytes(32);
            var message = RandomNumberGenerator.GetBytes(i);
            var signature = Ed25519.Sign(seed, message);

            CollectionAssert.AreEqual(Libcrypto.Sign(seed, message), signature, Convert.ToHexString(seed));
            Assert.AreEqual(SignatureVerdict.Valid, Ed25519.Verify(Ed25519.PublicKey(seed), message, signature));
        }
    }

    [TestMethod]
    public void ChangedSignatures_AreJudgedAsByOpenSsl()
    {
        DemandLibcrypto();
        const int cases = 3_000;
        var (valid, differing) = LibcryptoCases.Run(cases);

        Assert.AreEqual(0, differing);
        Assert.IsTrue(valid is > cases / 5 and < cases / 2, $"{valid} were valid");
    }
}
