using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Attestations;

/// <summary>A payload with signatures (DSSE 1.0): what is signed binds the payload's type and length.</summary>
internal sealed class DsseEnvelope
{
    /// <summary>Bytes of an envelope.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int MaxSignatures = 32;
    private readonly List<byte[]> _signatures;
    private readonly ReadOnlyMemory<byte> _raw;

    private DsseEnvelope(string payloadType, byte[] payload, List<byte[]> signatures, ReadOnlyMemory<byte> raw)
    {
        _raw = raw;
        PayloadType = payloadType;
        Payload = payload;
        _signatures = signatures;
    }

    /// <summary>The envelope as it was read.</summary>
    public ReadOnlyMemory<byte> Raw => _raw;

    /// <summary>How many signatures it has, whoever made them.</summary>
    public int Signatures => _signatures.Count(signature => signature.Length == Ed25519.SignatureBytes);

    public string PayloadType { get; }

    public byte[] Payload { get; }

    /// <summary>
    /// Lower hex SHA-256 of what is signed: the same however the envelope is wrapped and whoever else signs it.
    /// </summary>
    public string Id => field ??= Convert.ToHexStringLower(SHA256.HashData(Encoded(PayloadType, Payload)));

    /// <summary>Signs a payload.</summary>
    /// <returns>The envelope as JSON.</returns>
    public static byte[] Sign(string payloadType, byte[] payload, params IEnumerable<SigningKey> keys)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("payloadType", payloadType);
            writer.WriteBase64String("payload", payload);
            writer.WriteStartArray("signatures");
            foreach (var key in keys)
            {
                writer.WriteStartObject();
                writer.WriteString("keyid", key.KeyId);
                writer.WriteBase64String("sig", key.Sign(Encoded(payloadType, payload)));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="FormatException">It is no envelope.</exception>
    public static DsseEnvelope Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"the envelope has more than {MaxBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var root = document.RootElement;
            var signatures = root.GetProperty("signatures").EnumerateArray().Take(MaxSignatures + 1).Select(signature => Base64(signature.GetProperty("sig"))).ToList();
            return signatures.Count is > 0 and <= MaxSignatures
                ? new DsseEnvelope(root.GetProperty("payloadType").GetString() ?? "", Base64(root.GetProperty("payload")), signatures, bytes)
                : throw new FormatException($"the envelope has no signature, or more than {MaxSignatures}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("the envelope is not well-formed", e);
        }
    }

    /// <summary>The key of some that signed it; null where none of them did. Key ids are hints, and not looked at.</summary>
    public byte[]? SignedBy(IEnumerable<byte[]> keys)
    {
        var message = Encoded(PayloadType, Payload);
        return keys.FirstOrDefault(key => Signed(key, message));
    }

    /// <summary>The signature of a key under it; null where it has not signed.</summary>
    public byte[]? SignatureOf(byte[] key)
    {
        var message = Encoded(PayloadType, Payload);
        return _signatures.Find(signature => Ed25519.Verify(key, message, signature) == SignatureVerdict.Valid);
    }

    /// <summary>How many of some keys signed it. A key counts once, however often it is named or has signed.</summary>
    public int CountOf(IEnumerable<byte[]> keys)
    {
        var message = Encoded(PayloadType, Payload);
        return keys.DistinctBy(Convert.ToHexStringLower, StringComparer.Ordinal).Count(key => Signed(key, message));
    }

    private bool Signed(byte[] key, byte[] message) => _signatures.Exists(signature => Ed25519.Verify(key, message, signature) == SignatureVerdict.Valid);

    /// <summary>Standard or URL-safe, as the standard allows both.</summary>
    private static byte[] Base64(JsonElement text) => Convert.FromBase64String((text.GetString() ?? "").Replace('-', '+').Replace('_', '/'));

    /// <summary>The pre-authentication encoding.</summary>
    private static byte[] Encoded(string payloadType, byte[] payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        return
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} ")), .. type,
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {payload.Length} ")), .. payload,
        ];
    }
}
