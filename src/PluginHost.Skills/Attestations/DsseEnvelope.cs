using System.Globalization;
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

    private DsseEnvelope(string payloadType, byte[] payload, IReadOnlyList<byte[]> signatures)
    {
        PayloadType = payloadType;
        Payload = payload;
        Signatures = signatures;
    }

    public string PayloadType { get; }

    public byte[] Payload { get; }

    private IReadOnlyList<byte[]> Signatures { get; }

    /// <summary>Signs a payload.</summary>
    /// <returns>The envelope as JSON.</returns>
    public static byte[] Sign(string payloadType, byte[] payload, SigningKey key)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("payloadType", payloadType);
            writer.WriteBase64String("payload", payload);
            writer.WriteStartArray("signatures");
            writer.WriteStartObject();
            writer.WriteString("keyid", key.KeyId);
            writer.WriteBase64String("sig", key.Sign(Encoded(payloadType, payload)));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="FormatException">It is no envelope.</exception>
    public static DsseEnvelope Read(byte[] bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"the envelope has more than {MaxBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var root = document.RootElement;
            var signatures = root.GetProperty("signatures").EnumerateArray().Take(MaxSignatures + 1).Select(signature => signature.GetProperty("sig").GetBytesFromBase64()).ToList();
            return signatures.Count is > 0 and <= MaxSignatures
                ? new DsseEnvelope(root.GetProperty("payloadType").GetString() ?? "", root.GetProperty("payload").GetBytesFromBase64(), signatures)
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
        return keys.FirstOrDefault(key => Signatures.Any(signature => Ed25519.Verify(key, message, signature) == SignatureVerdict.Valid));
    }

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
