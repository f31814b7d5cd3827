using System.Security.Cryptography;

namespace PluginHost.Skills.Cryptography;

/// <summary>
/// Ed25519 (RFC 8032), which .NET 10 lacks. Signing takes the same time whatever the key; verification is strict: canonical
/// encodings only, no key or R of small order, the equation without the cofactor.
/// </summary>
internal static class Ed25519
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = 32;
    public const int SignatureBytes = 64;

    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> expanded = stackalloc byte[64];
        Expand(seed, expanded);
        var key = new byte[PublicKeyBytes];
        EdwardsPoint.Base.Multiplied(expanded[..32]).Write(key);
        CryptographicOperations.ZeroMemory(expanded);
        return key;
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        Span<byte> expanded = stackalloc byte[64];
        Span<byte> nonce = stackalloc byte[32];
        Span<byte> challenge = stackalloc byte[32];
        Expand(seed, expanded);
        var key = PublicKey(seed);
        HashModOrder(expanded[32..], [], message, nonce);

        var signature = new byte[SignatureBytes];
        EdwardsPoint.Base.Multiplied(nonce).Write(signature);
        HashModOrder(signature.AsSpan(0, 32), key, message, challenge);
        Scalar.MultiplyAdd(challenge, expanded[..32], nonce, signature.AsSpan(32));
        CryptographicOperations.ZeroMemory(expanded);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    public static SignatureVerdict Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes)
        {
            return SignatureVerdict.WrongLength;
        }

        if (!Scalar.IsCanonical(signature[32..]))
        {
            return SignatureVerdict.MalleableSignature;
        }

        if (EdwardsPoint.Read(publicKey) is not { } key)
        {
            return SignatureVerdict.MalformedKey;
        }

        if (key.IsOfSmallOrder)
        {
            return SignatureVerdict.WeakKey;
        }

        if (EdwardsPoint.IsSmallOrderEncoding(signature[..32]))
        {
            return SignatureVerdict.MalformedSignature;
        }

        // The key goes into the hash as it was received; R = [S]B - [k]A is compared by its encoding.
        Span<byte> challenge = stackalloc byte[32];
        Span<byte> computed = stackalloc byte[32];
        HashModOrder(signature[..32], publicKey, message, challenge);
        EdwardsPoint.CombinedPublic(signature[32..], challenge, -key).Write(computed);
        return computed.SequenceEqual(signature[..32]) ? SignatureVerdict.Valid : SignatureVerdict.Mismatch;
    }

    /// <summary>The secret scalar, clamped, and the prefix of nonces (RFC 8032 5.1.5).</summary>
    private static void Expand(ReadOnlySpan<byte> seed, Span<byte> expanded)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedBytes);
        SHA512.HashData(seed, expanded);
        expanded[0] &= 0xF8;
        expanded[31] = (byte)((expanded[31] & 0x7F) | 0x40);
    }

    private static void HashModOrder(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> message, Span<byte> into)
    {
        Span<byte> digest = stackalloc byte[64];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(message);
        hash.GetHashAndReset(digest);
        Scalar.Reduce(digest, into);
        CryptographicOperations.ZeroMemory(digest);
    }
}
