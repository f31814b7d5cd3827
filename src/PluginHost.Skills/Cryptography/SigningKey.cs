using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;

namespace PluginHost.Skills.Cryptography;

/// <summary>
/// A private key for signatures. Its file is one PEM block, PKCS#8 (RFC 5958, RFC 8410), encrypted or not; the raw forms that
/// Palyra knows are read, too: 32 bytes, or 64 hexadecimal digits or base64 of them.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    /// <summary>Bytes of a key file.</summary>
    public const int MaxFileBytes = 16 * 1024;

    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Plain = "PRIVATE KEY";

    /// <summary>id-Ed25519 (RFC 8410 3).</summary>
    private const string Algorithm = "1.3.101.112";

    /// <summary>What OWASP asks of PBKDF2 with HMAC-SHA-256.</summary>
    private const int Iterations = 600_000;

    private readonly byte[] _seed;

    private SigningKey(byte[] seed)
    {
        _seed = seed;
        PublicKey = Ed25519.PublicKey(seed);
    }

    public byte[] PublicKey { get; }

    public string KeyId => Cryptography.KeyId.Of(PublicKey);

    public static SigningKey Generate() => new(RandomNumberGenerator.GetBytes(Ed25519.SeedBytes));

    /// <summary>Reads a key file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="passphrase">Asked only where the key is encrypted; null where there is none.</param>
    /// <exception cref="FormatException">It holds no Ed25519 key, or the passphrase is missing or wrong.</exception>
    public static SigningKey Read(byte[] file, Func<string?> passphrase)
    {
        if (file.Length > MaxFileBytes)
        {
            throw new FormatException($"the key file has {file.Length} bytes, more than {MaxFileBytes}");
        }

        if (file.Length == Ed25519.SeedBytes)
        {
            return new SigningKey([.. file]);
        }

        var text = Encoding.Latin1.GetString(file).Trim();
        return text.StartsWith("-----BEGIN", StringComparison.Ordinal) ? ReadPem(text, passphrase) : new SigningKey(Raw(text));
    }

    public byte[] Sign(ReadOnlySpan<byte> message) => Ed25519.Sign(_seed, message);

    /// <summary>The key as PEM, encrypted (AES-256, PBKDF2) where a passphrase is given.</summary>
    public string ToPem(string? passphrase)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(_seed);
        var info = new Pkcs8PrivateKeyInfo(new Oid(Algorithm), null, writer.Encode());
        return passphrase is null
            ? PemEncoding.WriteString(Plain, info.Encode())
            : PemEncoding.WriteString(Encrypted, info.Encrypt(
                passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations)));
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    private static SigningKey ReadPem(string text, Func<string?> passphrase)
    {
        try
        {
            var fields = PemEncoding.Find(text);
            var content = Convert.FromBase64String(text[fields.Base64Data]);
            var info = text[fields.Label] switch
            {
                Plain => Pkcs8PrivateKeyInfo.Decode(content, out _, skipCopy: true),
                Encrypted => Pkcs8PrivateKeyInfo.DecryptAndDecode(
                    passphrase() ?? throw new FormatException("the key is encrypted and no passphrase was given"), content, out _),
                _ => throw new FormatException("the PEM block is no private key in PKCS#8"),
            };
            return info.AlgorithmId.Value == Algorithm && new AsnReader(info.PrivateKeyBytes, AsnEncodingRules.DER).ReadOctetString() is { Length: Ed25519.SeedBytes } seed
                ? new SigningKey(seed)
                : throw new FormatException("the key is none of Ed25519");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            throw new FormatException("the key cannot be read, or the passphrase is wrong", e);
        }
    }

    private static byte[] Raw(string text)
    {
        const int hexDigits = 2 * Ed25519.SeedBytes;
        var seed = new byte[Ed25519.SeedBytes + 2];
        if (text.Length == Ed25519.SeedBytes)
        {
            return Encoding.Latin1.GetBytes(text);
        }

        return text.Length == hexDigits && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text)
            : Convert.TryFromBase64String(text, seed, out var length) && length == Ed25519.SeedBytes ? seed[..length]
            : throw new FormatException("the key is neither PEM nor 32 bytes, 64 hexadecimal digits or base64 of 32 bytes");
    }
}
