using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Cryptography;

/// <summary>Our Ed25519 beside that of the system's OpenSSL.</summary>
[TestClass]
public sealed partial class LibcryptoTests
{
    private const int Ed25519Id = 1087;

    [TestMethod]
    public void Signatures_AreThoseOfOpenSsl()
    {
        if (!NativeLibrary.TryLoad("libcrypto.so.3", out _))
        {
            Assert.Inconclusive("skipped: libcrypto.so.3 is not on this machine");
        }

        for (var i = 0; i < 300; i++)
        {
            var seed = RandomNumberGenerator.GetBytes(32);
            var message = RandomNumberGenerator.GetBytes(i);
            var signature = Ed25519.Sign(seed, message);

            CollectionAssert.AreEqual(Sign(seed, message), signature, Convert.ToHexString(seed));
            Assert.AreEqual(SignatureVerdict.Valid, Ed25519.Verify(Ed25519.PublicKey(seed), message, signature));
        }
    }

    private static byte[] Sign(byte[] seed, byte[] message)
    {
        var key = NewKey(Ed25519Id, 0, seed, (nuint)seed.Length);
        var context = NewContext();
        var signature = new byte[64];
        nuint length = 64;
        Assert.AreEqual(1, SignInit(context, 0, 0, 0, key));
        Assert.AreEqual(1, DigestSign(context, signature, ref length, message, (nuint)message.Length));
        FreeContext(context);
        FreeKey(key);
        return signature;
    }

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewKey(int type, nint engine, byte[] key, nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestSign")]
    private static partial int DigestSign(nint context, byte[] signature, ref nuint length, byte[] message, nuint messageLength);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);
}
