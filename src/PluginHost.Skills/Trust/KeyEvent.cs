using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Trust;

/// <summary>
/// A publisher's statement that its keys change. It counts only with the signatures of enough of the old and enough of the new keys, which is not
/// for the event itself to say.
/// </summary>
internal sealed record KeyEvent
{
    public const string Type = "urn:pluginhost:key-event:v1";

    private const int MaxBytes = 128 * 1024;
    private const int MaxKeys = 32;
    private const int MaxPayloads = 1_000;
    private const string KeyPrefix = "ed25519:";
    private const string DigestPrefix = "sha256:";

    public required string Publisher { get; init; }

    public required long Version { get; init; }

    /// <summary>Id of the event before; empty for the first.</summary>
    public required string Previous { get; init; }

    public required ImmutableArray<string> Keys { get; init; }

    public required int Threshold { get; init; }

    public ImmutableArray<string> NextDigests { get; init; } = [];

    public ImmutableSortedDictionary<string, RevokedKey> Revoked { get; init; } = ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal);

    public DateTimeOffset? Expires { get; init; }

    /// <summary>The envelope that it came in.</summary>
    public DsseEnvelope? Envelope { get; init; }

    /// <summary>Whether it lay beside a package, where anyone could have put it.</summary>
    public bool IsBeside { get; init; }

    public string Id => Envelope!.Id;

    /// <summary>Whether a statement is one.</summary>
    public static bool IsOne(InTotoStatement statement) => statement.PredicateType == Type;

    /// <summary>Reads an event; its signatures are looked at by whoever knows the keys.</summary>
    /// <exception cref="FormatException">It has another form.</exception>
    public static KeyEvent Read(DsseEnvelope envelope)
    {
        if (envelope.Raw.Length > MaxBytes)
        {
            throw new FormatException($"a key event has at most {MaxBytes} bytes");
        }

        var statement = InTotoStatement.Read(envelope.Payload);
        var predicate = statement.Predicate;
        if (!IsOne(statement) || predicate.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no key event");
        }

        try
        {
            var read = new KeyEvent
            {
                Publisher = predicate.Text("publisher") is { Length: > 0 } publisher ? publisher : throw new FormatException("a key event names its publisher"),
                Version = predicate.GetProperty("version").GetInt64(),
                Previous = predicate.Text("prev") ?? "",
                Keys = [.. Texts(predicate, "keys", MaxKeys).Select(Key)],
                Threshold = predicate.GetProperty("threshold").GetInt32(),
                NextDigests = [.. Texts(predicate, "nextDigests", MaxKeys).Select(text => Hex(text, DigestPrefix))],
                Revoked = predicate.Items("revoked").Take(MaxKeys + 1).Select(Revocation).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
                Expires = predicate.Text("expires") is { } expires ? DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null,
                Envelope = envelope,
            };
            read.Check(statement);
            return read;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("a key event has exactly the fields of the format", e);
        }
    }

    /// <summary>Signs the event.</summary>
    /// <returns>The envelope, one line of JSON.</returns>
    public byte[] Sign(IEnumerable<SigningKey> keys) => DsseEnvelope.Sign(InTotoStatement.PayloadType, Statement(), keys);

    /// <summary>SHA-256 of a set of keys: of a line <c>ed25519:</c> and 64 digits for each, in their order.</summary>
    public static string DigestOf(IEnumerable<string> keys) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(keys.Order(StringComparer.Ordinal).Select(key => $"{KeyPrefix}{key}\n")))));

    /// <summary>SHA-256 of a public key, by which it can be committed to before it is shown.</summary>
    public static string DigestOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(key)));

    private void Check(InTotoStatement statement)
    {
        if (Version < 1 || Keys.IsEmpty || Keys.Distinct(StringComparer.Ordinal).Count() != Keys.Length || Threshold < 1 || Threshold > Keys.Length)
        {
            throw new FormatException("a key event has a version from 1, different keys, and a threshold that they can reach");
        }

        if (Revoked.Keys.Any(Keys.Contains))
        {
            throw new FormatException("a key event does not revoke a key that it names");
        }

        // Which digest of the set it is does not matter: the set itself stands in what is signed.
        if (!statement.Subjects.Any(subject => subject.Sha256 is not null))
        {
            throw new FormatException("the subject of a key event is its set of keys, by a SHA-256");
        }
    }

    private byte[] Statement() => InTotoStatement.Write("keys", [("sha256", DigestOf(Keys))], Type, writer =>
    {
        writer.WriteString("publisher", Publisher);
        writer.WriteNumber("version", Version);
        writer.WriteString("prev", Previous);
        WriteTexts(writer, "keys", Keys.Select(key => KeyPrefix + key));
        writer.WriteNumber("threshold", Threshold);
        WriteTexts(writer, "nextDigests", NextDigests.Select(digest => DigestPrefix + digest));
        writer.WriteStartArray("revoked");
        foreach (var (key, revoked) in Revoked)
        {
            writer.WriteStartObject();
            writer.WriteString("key", KeyPrefix + key);
            writer.WriteString("reason", revoked.Reason);
            writer.WriteStartObject("cutoff");
            revoked.Cutoff?.Write(writer);
            WriteTexts(writer, "payloads", revoked.ValidPayloads);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (Expires is { } expires)
        {
            writer.WriteString("expires", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
    });

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static KeyValuePair<string, RevokedKey> Revocation(JsonElement item) => new(Key(item.Text("key") ?? ""), new RevokedKey
    {
        Reason = item.Text("reason") is "compromised" or "superseded" or "retired" ? item.Text("reason")! : throw new FormatException("a key is revoked as compromised, superseded or retired"),
        At = default,
        ValidPayloads = item.TryGetProperty("cutoff", out var cutoff) ? [.. Texts(cutoff, "payloads", MaxPayloads).Select(text => Hex(text, ""))] : [],
        Cutoff = cutoff.ValueKind == JsonValueKind.Object ? LogCutoff.Read(cutoff) : null,
    });

    private static List<string> Texts(JsonElement element, string name, int most)
    {
        var texts = element.Items(name).Take(most + 1).Select(item => item.GetString() ?? "").ToList();
        return texts.Count <= most ? texts : throw new FormatException($"'{name}' of a key event has more than {most} items");
    }

    private static string Key(string text) => Hex(text, KeyPrefix);

    private static string Hex(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length == prefix.Length + 64 && text[prefix.Length..].All(char.IsAsciiHexDigitLower)
            ? text[prefix.Length..]
            : throw new FormatException($"'{prefix}' and 64 lower hexadecimal digits are expected");
}
