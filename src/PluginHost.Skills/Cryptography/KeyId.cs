using System.Security.Cryptography;

namespace PluginHost.Skills.Cryptography;

/// <summary>The short name of a public key: <c>ed25519:</c> and the first 16 hexadecimal digits of its SHA-256.</summary>
internal static class KeyId
{
    private const int Digits = 16;

    /// <param name="publicKey">The key in hexadecimal digits.</param>
    public static string Of(string publicKey) => Of(Convert.FromHexString(publicKey));

    public static string Of(ReadOnlySpan<byte> publicKey) => "ed25519:" + Convert.ToHexStringLower(SHA256.HashData(publicKey))[..Digits];
}
