using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Trust;

/// <summary>Keys and packages that do not count any more, by the word of operators: for emergencies, when a publisher cannot speak for itself.</summary>
internal sealed record RevocationList
{
    public const string PayloadType = "application/vnd.pluginhost.revocations.v1+json";

    private const int MaxEntries = 1_000;
    private const int Digits = 64;

    /// <summary>Counted upwards: an older list is never applied after a newer one.</summary>
    public required long Sequence { get; init; }

    public ImmutableSortedDictionary<string, RevokedKey> Keys { get; init; } = ImmutableSortedDictionary.Create<string, RevokedKey>(StringComparer.Ordinal);

    /// <summary>Reasons by payload digest.</summary>
    public ImmutableSortedDictionary<string, string> Payloads { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Reads a list that enough operators signed.</summary>
    /// <param name="bytes">The envelope.</param>
    /// <param name="operators">Keys of operators.</param>
    /// <param name="threshold">How many of them have to have signed it.</param>
    /// <exception cref="FormatException">It has another form, or too few signed it.</exception>
    public static RevocationList Read(byte[] bytes, IReadOnlyCollection<byte[]> operators, int threshold)
    {
        var envelope = DsseEnvelope.Read(bytes);
        if (envelope.PayloadType != PayloadType)
        {
            throw new FormatException("it is no list of revocations");
        }

        if (threshold < 1 || envelope.CountOf(operators) < threshold)
        {
            throw new FormatException($"fewer than {Math.Max(1, threshold)} of the operators' keys signed the list of revocations");
        }

        return Parse(envelope.Payload);
    }

    /// <summary>Reads a list that is about to be signed.</summary>
    /// <exception cref="FormatException">It has another form.</exception>
    public static RevocationList Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var root = document.RootElement;
            return new RevocationList
            {
                Sequence = root.GetProperty("sequence").GetInt64() is > 0 and var sequence ? sequence : throw new FormatException("a list of revocations is counted from 1"),
                Keys = Items(root, "keys").ToImmutableSortedDictionary(item => Hex(item, "key", "ed25519:"), item => new RevokedKey
                {
                    Reason = Reason(item),
                    At = default,
                    ValidPayloads = [.. Items(item, "valid_payloads").Select(payload => Hex(payload.GetString()))],
                    Cutoff = item.TryGetProperty("cutoff", out var cutoff) ? LogCutoff.Read(cutoff) : null,
                }),
                Payloads = Items(root, "payloads").ToImmutableSortedDictionary(item => Hex(item, "payload", ""), Reason),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("the list of revocations is not well-formed", e);
        }
    }

    /// <summary>Signs a list.</summary>
    public byte[] Sign(IEnumerable<SigningKey> keys)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", Sequence);
            writer.WriteStartArray("keys");
            foreach (var (key, revoked) in Keys)
            {
                writer.WriteStartObject();
                writer.WriteString("key", "ed25519:" + key);
                writer.WriteString("reason", revoked.Reason);
                writer.WriteStartArray("valid_payloads");
                foreach (var payload in revoked.ValidPayloads)
                {
                    writer.WriteStringValue(payload);
                }

                writer.WriteEndArray();
                if (revoked.Cutoff is { } cutoff)
                {
                    writer.WriteStartObject("cutoff");
                    cutoff.Write(writer);
                    writer.WriteEndObject();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("payloads");
            foreach (var (payload, reason) in Payloads)
            {
                writer.WriteStartObject();
                writer.WriteString("payload", payload);
                writer.WriteString("reason", reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return DsseEnvelope.Sign(PayloadType, stream.ToArray(), keys);
    }

    /// <summary>A ledger in which the list counts.</summary>
    /// <exception cref="FormatException">A newer one was applied.</exception>
    public TrustLedger ApplyTo(TrustLedger ledger, DateTimeOffset now)
    {
        if (Sequence <= ledger.RevocationSequence)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"list {Sequence} of revocations is not newer than {ledger.RevocationSequence}, which was applied"));
        }

        ledger = Keys.Aggregate(ledger, (sum, pair) => sum.Revoke(pair.Key, pair.Value with { At = now }));
        ledger = Payloads.Aggregate(ledger, (sum, pair) => sum.RevokePayload(pair.Key, pair.Value));
        return ledger with { RevocationSequence = Sequence };
    }

    private static List<JsonElement> Items(JsonElement element, string name)
    {
        var items = element.Items(name).Take(MaxEntries + 1).ToList();
        return items.Count <= MaxEntries ? items : throw new FormatException($"'{name}' of a list of revocations has more than {MaxEntries} items");
    }

    private static string Reason(JsonElement item) =>
        item.Text("reason") is { Length: > 0 and <= 500 } reason ? reason : throw new FormatException("a revocation has a reason of at most 500 characters");

    private static string Hex(JsonElement item, string name, string prefix) =>
        item.Text(name) is { } text && text.StartsWith(prefix, StringComparison.Ordinal) ? Hex(text[prefix.Length..]) : throw new FormatException($"'{name}' of a revocation has another form");

    private static string Hex(string? text) =>
        text is { Length: Digits } && text.All(char.IsAsciiHexDigitLower) ? text : throw new FormatException($"{Digits} lower hexadecimal digits are expected");
}
