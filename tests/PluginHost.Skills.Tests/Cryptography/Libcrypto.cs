using System.Runtime.InteropServices;

namespace PluginHost.Skills.Tests.Cryptography;

/// <summary>Ed25519 of the system's OpenSSL: to compare with, in tests and measurements. No product needs it.</summary>
internal static partial class Libcrypto
{
    private const string Name = "libcrypto.so.3";
    private const int Ed25519Id = 1087;

    public static bool IsPresent => NativeLibrary.TryLoad(Name, out _);

    public static byte[] Sign(byte[] seed, byte[] message)
    {
        var key = NewKey(Ed25519Id, 0, seed, (nuint)seed.Length);
        var context = NewContext();
        var signature = new byte[64];
        nuint length = 64;
        var isSigned = SignInit(context, 0, 0, 0, key) == 1 && DigestSign(context, signature, ref length, message, (nuint)message.Length) == 1;
        FreeContext(context);
        FreeKey(key);
        return isSigned ? signature : throw new InvalidOperationException("OpenSSL did not sign");
    }

    public static bool Verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        var key = NewPublicKey(Ed25519Id, 0, publicKey, (nuint)publicKey.Length);
        var context = NewContext();
        var verdict = key != 0 && VerifyInit(context, 0, 0, 0, key) == 1 ? DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) : 0;
        FreeContext(context);
        FreeKey(key);
        return verdict == 1;
    }

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewKey(int type, nint engine, byte[] key, nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewPublicKey(int type, nint engine, byte[] key, nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Name, EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestSign")]
    private static partial int DigestSign(nint context, byte[] signature, ref nuint length, byte[] message, nuint messageLength);

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerify")]
    private static partial int DigestVerify(nint context, byte[] signature, nuint length, byte[] message, nuint messageLength);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);
}
