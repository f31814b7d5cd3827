using System.Text.Json;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Trust;

/// <summary>
/// Keys of publishers, in Palyra's JSON form: those that an operator listed, and those pinned at first use. Immutable; a new
/// pin makes a new store, which the caller keeps once the whole load was accepted.
/// </summary>
internal sealed class TrustStore
{
    /// <summary>Bytes of a store.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int KeyDigits = 64;
    private const string Listed = "trusted_publishers";
    private const string Pinned = "tofu_publishers";
    private readonly SortedDictionary<string, SortedSet<string>> _listed;
    private readonly SortedDictionary<string, string> _pinned;

    private TrustStore(SortedDictionary<string, SortedSet<string>> listed, SortedDictionary<string, string> pinned)
    {
        _listed = listed;
        _pinned = pinned;
    }

    public static TrustStore Empty { get; } = new(new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    /// <summary>Reads a store. White space alone is an empty one.</summary>
    /// <exception cref="FormatException">It is no trust store.</exception>
    public static TrustStore Read(byte[] bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"the trust store has {bytes.Length} bytes, more than {MaxBytes}");
        }

        if (string.IsNullOrWhiteSpace(System.Text.Encoding.UTF8.GetString(bytes)))
        {
            return Empty;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("the trust store is not well-formed", e);
        }
    }

    /// <summary>A store that also lists a key for a publisher.</summary>
    /// <exception cref="FormatException">Publisher or key have another form.</exception>
    public TrustStore With(string publisher, string key)
    {
        var listed = Copy();
        Add(listed, publisher, key);
        return new TrustStore(listed, _pinned);
    }

    /// <summary>A store in which a publisher's key is pinned.</summary>
    public TrustStore WithPin(string publisher, string key) => new(
        _listed,
        new SortedDictionary<string, string>(_pinned, StringComparer.Ordinal) { [publisher] = key });

    /// <summary>A store that knows nothing of a publisher, or that does not list one of its keys any more.</summary>
    public TrustStore Without(string publisher, string? key = null)
    {
        var listed = Copy();
        var pinned = new SortedDictionary<string, string>(_pinned, StringComparer.Ordinal);
        if (key is null || (listed.TryGetValue(publisher, out var keys) && keys.Remove(key) && keys.Count == 0))
        {
            listed.Remove(publisher);
        }

        if (key is null || pinned.GetValueOrDefault(publisher) == key)
        {
            pinned.Remove(publisher);
        }

        return new TrustStore(listed, pinned);
    }

    /// <summary>Whether an operator listed keys for a publisher.</summary>
    public bool Lists(string publisher) => _listed.ContainsKey(publisher);

    /// <summary>The key pinned for a publisher, or null.</summary>
    public string? PinOf(string publisher) => _pinned.GetValueOrDefault(publisher);

    /// <summary>Keys that an operator listed, by publisher.</summary>
    public IEnumerable<(string Publisher, string Key)> Listing => _listed.SelectMany(pair => pair.Value.Select(key => (pair.Key, key)));

    /// <summary>Keys that were pinned, by publisher.</summary>
    public IEnumerable<(string Publisher, string Key)> Pins => _pinned.Select(pair => (pair.Key, pair.Value));

    /// <summary>Decides whether a signature's key is the publisher's. Changes nothing.</summary>
    /// <exception cref="SkillVerificationException">It is not, or the publisher is unknown.</exception>
    public TrustDecision Decide(SkillSignature signature, bool allowFirstUse)
    {
        var key = Convert.ToHexStringLower(signature.PublicKey);
        if (_listed.TryGetValue(signature.Publisher, out var keys))
        {
            // The list is the whole truth about its publishers: a pin or a first use cannot add to it.
            return keys.Contains(key) ? TrustDecision.Allowlisted : throw Refused("key-not-listed", $"the key {signature.KeyId} is not among those listed for '{signature.Publisher}'");
        }

        if (_pinned.TryGetValue(signature.Publisher, out var pinned))
        {
            return pinned == key ? TrustDecision.Pinned : throw Refused("key-changed", $"the key {signature.KeyId} is not the one pinned for '{signature.Publisher}'");
        }

        return allowFirstUse ? TrustDecision.NewlyPinned : throw Refused("unknown-publisher", $"nobody vouched for '{signature.Publisher}', and trust on first use is off");
    }

    /// <summary>The store as JSON, keys in order.</summary>
    public byte[] Write()
    {
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(Listed);
            foreach (var (publisher, keys) in _listed)
            {
                writer.WriteStartArray(publisher);
                foreach (var key in keys)
                {
                    writer.WriteStringValue(key);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteStartObject(Pinned);
            foreach (var (publisher, key) in _pinned)
            {
                writer.WriteString(publisher, key);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static SkillVerificationException Refused(string rule, string message) => new("trust", rule, message);

    private static TrustStore Read(JsonElement root)
    {
        var listed = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var pinned = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case Listed:
                    foreach (var publisher in property.Value.EnumerateObject())
                    {
                        if (publisher.Value.GetArrayLength() == 0)
                        {
                            throw new FormatException($"the trust store lists no key for '{publisher.Name}'");
                        }

                        foreach (var key in publisher.Value.EnumerateArray())
                        {
                            Add(listed, publisher.Name, key.GetString() ?? "");
                        }
                    }

                    break;
                case Pinned:
                    foreach (var publisher in property.Value.EnumerateObject())
                    {
                        if (!pinned.TryAdd(Publisher(publisher.Name), Key(publisher.Value.GetString() ?? "")))
                        {
                            throw new FormatException($"the trust store pins two keys for '{publisher.Name}'");
                        }
                    }

                    break;
                default:
                    throw new FormatException($"the trust store has an unknown field '{property.Name}'");
            }
        }

        return new TrustStore(listed, pinned);
    }

    private SortedDictionary<string, SortedSet<string>> Copy()
    {
        var copy = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (publisher, keys) in _listed)
        {
            copy.Add(publisher, new SortedSet<string>(keys, StringComparer.Ordinal));
        }

        return copy;
    }

    private static void Add(SortedDictionary<string, SortedSet<string>> listed, string publisher, string key)
    {
        var name = Publisher(publisher);
        if (!listed.TryGetValue(name, out var keys))
        {
            listed.Add(name, keys = new SortedSet<string>(StringComparer.Ordinal));
        }

        keys.Add(Key(key));
    }

    /// <summary>Palyra trims names and keys and lowers keys; so do we, where we read.</summary>
    private static string Publisher(string text) => text.Trim() is { Length: > 0 } name ? name : throw new FormatException("the trust store names an empty publisher");

    private static string Key(string text)
    {
        var key = text.Trim().ToLowerInvariant();
        return key.Length == KeyDigits && key.All(char.IsAsciiHexDigitLower) ? key : throw new FormatException("the trust store holds a key that is not 64 hexadecimal digits");
    }
}
