using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// <c>signature.json</c>. The signature is over the 64 hexadecimal digits of the payload digest; time, key id and algorithm
/// are not covered by it and mean nothing on their own.
/// </summary>
internal sealed record SkillSignature
{
    private const int MaxBytes = 16 * 1024;
    private const string Algorithm = "ed25519-sha256";
    private static readonly string[] Fields =
        ["algorithm", "publisher", "key_id", "public_key_base64", "payload_sha256", "signature_base64", "signed_at_unix_ms"];

    private SkillSignature(string publisher, byte[] publicKey, string keyId)
    {
        Publisher = publisher;
        PublicKey = publicKey;
        KeyId = keyId;
    }

    /// <summary>Who says to have signed; binding only once the manifest says the same.</summary>
    public string Publisher { get; }

    public byte[] PublicKey { get; }

    /// <summary><c>ed25519:</c> and the first 16 hexadecimal digits of the key's SHA-256.</summary>
    public string KeyId { get; }

    /// <summary>Stands where nobody signed.</summary>
    public static SkillSignature None(string publisher) => new(publisher, [], "unsigned");

    /// <summary>Signs a payload.</summary>
    /// <returns>The content of <c>signature.json</c>.</returns>
    public static byte[] Sign(string payload, string publisher, SigningKey key, DateTimeOffset signedAt)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("algorithm", Algorithm);
            writer.WriteString("publisher", publisher);
            writer.WriteString("key_id", key.KeyId);
            writer.WriteString("public_key_base64", Convert.ToBase64String(key.PublicKey));
            writer.WriteString("payload_sha256", payload);
            writer.WriteString("signature_base64", Convert.ToBase64String(key.Sign(Encoding.ASCII.GetBytes(payload))));
            writer.WriteNumber("signed_at_unix_ms", signedAt.ToUnixTimeMilliseconds());
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads and verifies the signature of a package.</summary>
    /// <exception cref="SkillVerificationException">It is missing, malformed, or does not hold.</exception>
    public static SkillSignature Verify(SkillArtifact artifact) =>
        Verify(artifact.Find(PayloadDigest.SignatureEntry) ?? throw Refused("missing", "the package is not signed"), artifact.Payload);

    /// <summary>Reads and verifies a signature over a payload digest.</summary>
    /// <exception cref="SkillVerificationException">It is malformed, or does not hold.</exception>
    public static SkillSignature Verify(byte[] bytes, string payload)
    {
        var values = Read(bytes);
        if (values["algorithm"] != Algorithm)
        {
            throw Refused("algorithm", "the algorithm is not ed25519-sha256");
        }

        if (values["payload_sha256"] != payload)
        {
            throw Refused("payload", "the signature is over another payload");
        }

        var key = Base64(values["public_key_base64"], "public_key_base64");
        var keyId = Cryptography.KeyId.Of(key);
        if (values["key_id"] != keyId)
        {
            throw Refused("key-id", "the key id is not that of the key");
        }

        var signature = Base64(values["signature_base64"], "signature_base64");
        var verdict = Ed25519.Verify(key, Encoding.ASCII.GetBytes(payload), signature);
        return verdict == SignatureVerdict.Valid
            ? new SkillSignature(values["publisher"], key, keyId)
            : throw Refused(Rule(verdict), $"the signature does not hold: {verdict}");
    }

    private static SkillVerificationException Refused(string rule, string message) => new("signature", rule, message);

    private static string Rule(SignatureVerdict verdict) => verdict switch
    {
        SignatureVerdict.WeakKey => "weak-key",
        SignatureVerdict.MalformedKey => "malformed-key",
        SignatureVerdict.MalleableSignature => "malleable",
        SignatureVerdict.WrongLength => "length",
        _ => "invalid",
    };

    /// <summary>Exactly the seven fields, each once.</summary>
    private static Dictionary<string, string> Read(byte[] bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw Refused("form", $"signature.json has {bytes.Length} bytes, more than {MaxBytes}");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                values.Add(property.Name, property.Name == "signed_at_unix_ms"
                    ? property.Value.GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)
                    : property.Value.GetString() ?? throw new FormatException());
            }

            return values.Count == Fields.Length && Fields.All(values.ContainsKey)
                ? values
                : throw Refused("form", "signature.json has not exactly the fields of the format");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Refused("form", "signature.json is not well-formed");
        }
    }

    /// <summary>Standard, padded, canonical: the one text that stands for the bytes.</summary>
    private static byte[] Base64(string text, string field)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text
            ? bytes[..length]
            : throw Refused("encoding", $"{field} is not canonical base64");
    }
}
