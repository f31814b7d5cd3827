using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Manifests;

namespace PluginHost.Library.Registries;

/// <summary>A page of a registry's index, in Palyra's form: what is offered, and a signature over the SHA-256 of exactly that.</summary>
internal sealed record RegistryPage
{
    /// <summary>Bytes of a page.</summary>
    public const int MaxBytes = 2 << 20;

    private const int MaxAddress = 4096;

    /// <summary>The end of the year 9999.</summary>
    private const long LatestTime = 253_402_300_799_999;
    private const int Sha256Digits = 64;
    private static readonly string[] IndexFields = ["schema_version", "generated_at_unix_ms", "entries", "next_page"];
    private static readonly string[] EntryFields = ["skill_id", "version", "publisher", "artifact", "artifact_sha256", "artifact_bytes"];

    /// <summary>When it was made.</summary>
    public required long GeneratedAtUnixMs { get; init; }

    public required ImmutableArray<RegistryEntry> Entries { get; init; }

    /// <summary>Where the next page is; null for none.</summary>
    public string? NextPage { get; init; }

    /// <summary>Reads a page and verifies that its key signed it.</summary>
    /// <param name="bytes">The page.</param>
    /// <param name="key">The registry's public key.</param>
    /// <exception cref="SkillVerificationException">It is malformed, or the registry's key did not sign it.</exception>
    public static RegistryPage Read(byte[] bytes, ReadOnlySpan<byte> key)
    {
        RegistryPage page;
        byte[] signature;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 5, AllowDuplicateProperties = false });
            var root = document.RootElement;
            CheckFields(root, ["schema_version", "index", "signature"]);
            page = Index(root.GetProperty("index"));
            CheckVersion(root);
            signature = Encoding.UTF8.GetBytes(root.GetProperty("signature").GetRawText());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw Refused("registry", "its index is malformed");
        }

        var signed = Signature(signature, page.Digest());
        return signed.PublicKey.AsSpan().SequenceEqual(key) ? page : throw Refused("registry-key", $"its index is signed by {signed.KeyId}, not by the registry's key {KeyId.Of(key)}");
    }

    private static SkillSignature Signature(byte[] json, string digest)
    {
        try
        {
            return SkillSignature.Verify(json, digest);
        }
        catch (SkillVerificationException e)
        {
            throw Refused("registry-signature", $"the signature of its index does not hold ({e.Code}: {e.Message})");
        }
    }

    /// <summary>The page with its signature.</summary>
    /// <param name="registry">Who signs, by name.</param>
    /// <param name="key">The registry's key.</param>
    /// <param name="signedAt">When; it is not signed.</param>
    public byte[] Sign(string registry, SigningKey key, DateTimeOffset signedAt)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema_version", 1);
            writer.WritePropertyName("index");
            writer.WriteRawValue(Text());
            writer.WritePropertyName("signature");
            writer.WriteRawValue(SkillSignature.Sign(Digest(), registry, key, signedAt));
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text())));

    /// <summary>What is signed: compact, in the order of the format, without what is not there.</summary>
    private string Text()
    {
        var json = new StringBuilder();
        json.Append(CultureInfo.InvariantCulture, $"{{\"schema_version\":1,\"generated_at_unix_ms\":{GeneratedAtUnixMs},\"entries\":[");
        for (var i = 0; i < Entries.Length; i++)
        {
            var entry = Entries[i];
            json.Append(i == 0 ? "{" : ",{");
            Append("skill_id", entry.SkillId, isFirst: true);
            Append("version", entry.Version.ToString());
            Append("publisher", entry.Publisher);
            Append("artifact", entry.Artifact);
            Append("artifact_sha256", entry.ArtifactSha256);
            json.Append(entry.ArtifactBytes is { } length ? string.Create(CultureInfo.InvariantCulture, $",\"artifact_bytes\":{length}}}") : "}");
        }

        json.Append(']');
        if (NextPage is { } next)
        {
            Append("next_page", next);
        }

        return json.Append('}').ToString();

        void Append(string name, string value, bool isFirst = false)
        {
            json.Append(isFirst ? "\"" : ",\"").Append(name).Append("\":");
            SerdeText.Append(json, value);
        }
    }

    private static RegistryPage Index(JsonElement index)
    {
        CheckFields(index, IndexFields);
        CheckVersion(index);
        return new RegistryPage
        {
            GeneratedAtUnixMs = index.GetProperty("generated_at_unix_ms").GetInt64() is >= 0 and <= LatestTime and var time ? time : throw new FormatException(),
            Entries = [.. index.GetProperty("entries").EnumerateArray().Select(Entry)],
            NextPage = index.TryGetProperty("next_page", out var next) && next.ValueKind != JsonValueKind.Null ? Address(next) : null,
        };
    }

    private static RegistryEntry Entry(JsonElement entry)
    {
        CheckFields(entry, EntryFields);
        var (id, publisher, digest, written) = (Text("skill_id"), Text("publisher"), Text("artifact_sha256"), Text("version"));
        long? bytes = entry.TryGetProperty("artifact_bytes", out var length) && length.ValueKind != JsonValueKind.Null ? length.GetInt64() : null;
        return digest.Length == Sha256Digits && digest.All(char.IsAsciiHexDigitLower) && SkillVersion.Parse(written) is { } version && version.ToString() == written && bytes is null or >= 0
            ? new RegistryEntry(id, version, publisher, Address(entry.GetProperty("artifact")), digest, bytes)
            : throw new FormatException();

        string Text(string name) => entry.GetProperty(name).GetString() ?? throw new FormatException();
    }

    private static string Address(JsonElement value) => value.GetString() is { Length: > 0 and <= MaxAddress } text ? text : throw new FormatException();

    private static void CheckVersion(JsonElement of)
    {
        if (of.GetProperty("schema_version").GetInt32() != 1)
        {
            throw Refused("registry", "its index is of a version that is not known here");
        }
    }

    /// <summary>What is not in the format would not be signed, so it is not there.</summary>
    private static void CheckFields(JsonElement of, string[] fields)
    {
        if (of.EnumerateObject().Any(property => !fields.Contains(property.Name)))
        {
            throw new FormatException();
        }
    }

    private static SkillVerificationException Refused(string rule, string what) => new("policy", rule, $"the registry cannot be used: {what}");
}
