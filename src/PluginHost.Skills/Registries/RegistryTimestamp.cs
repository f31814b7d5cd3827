using System.Collections.Immutable;
using System.Text.Json;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Registries;

/// <summary>
/// What a registry holds right now, and until when that is fresh (the timestamp role of TUF): without it, whoever serves the files could go on serving old
/// ones for ever, or some old beside some new ones.
/// </summary>
/// <param name="Registry">The registry, by name.</param>
/// <param name="Version">How often it was signed: it only grows.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="Expires">Until when it is fresh.</param>
/// <param name="Log">Its log.</param>
/// <param name="Files">Lower hex SHA-256 of each file that it speaks for.</param>
internal sealed record RegistryTimestamp(string Registry, long Version, DateTimeOffset IssuedAt, DateTimeOffset Expires, RegistryLogHead Log, ImmutableSortedDictionary<string, string> Files)
{
    /// <summary>Bytes of one.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:timestamp:v1";

    /// <summary>How long one may be fresh: a year and a day.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private const int MaxFiles = 64;
    private const int MaxOrigin = 256;
    private const int Sha256Digits = 64;
    private const long MaxVersion = 1L << 53;

    /// <summary>Why it cannot have been signed after another one; null where it can, or is the same.</summary>
    public string? WhyNotAfter(RegistryTimestamp last) =>
        Version < last.Version ? $"its timestamp is of version {Version}, and {last.Version} was seen"
        : Version == last.Version && !(this with { Files = last.Files } == last && Files.SequenceEqual(last.Files)) ? $"it signed two timestamps of version {Version} that differ"
        : Registry != last.Registry ? $"it calls itself '{Registry}', and '{last.Registry}' before"
        : null;

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, Files.Select(file => (file.Key, "sha256", file.Value)), json =>
    {
        json.WriteString("registry", Registry);
        json.WriteNumber("version", Version);
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
        json.WriteString("expires", ChainLinkReader.Text(Expires));
        json.WriteStartObject("log");
        json.WriteString("origin", Log.Origin);
        json.WriteNumber("size", Log.Size);
        json.WriteString("root", Log.Root);
        json.WriteEndObject();
    });

    /// <exception cref="FormatException">It is malformed, or not signed by the key.</exception>
    public static RegistryTimestamp Read(ReadOnlyMemory<byte> bytes, byte[] key)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"it has more than {MaxBytes} bytes");
        }

        var (_, statement) = SignedStatement.Read(bytes, key, Type);
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var subject in statement.Subjects.Take(MaxFiles + 1))
        {
            if (files.Count == MaxFiles || subject.Sha256 is not { Length: Sha256Digits } digest || !files.TryAdd(subject.Name, digest))
            {
                throw new FormatException($"it speaks for more than {MaxFiles} files, for one twice, or for one without its SHA-256");
            }
        }

        return Number(statement.Predicate, "version") is { } version and > 0 && statement.Predicate.TryGetProperty("log", out var log)
            && log.Text("origin") is { Length: > 0 and <= MaxOrigin } origin && Number(log, "size") is { } size && log.Text("root") is { Length: Sha256Digits } root && root.All(char.IsAsciiHexDigitLower)
            ? Bounded(new RegistryTimestamp(SignedStatement.Text(statement, "registry"), version, Time("issuedAt"), Time("expires"), new RegistryLogHead(origin, size, root), files.ToImmutable()))
            : throw new FormatException("its version is no positive number, or it does not name the log's origin, size and root");

        static RegistryTimestamp Bounded(RegistryTimestamp read) =>
            read.Expires - read.IssuedAt <= Longest ? read : throw new FormatException($"it would be fresh for longer than {Longest.TotalDays} days: such a one tells nothing");

        static long? Number(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) && value is >= 0 and <= MaxVersion ? value : null;

        DateTimeOffset Time(string name) => ChainLinkReader.Time(SignedStatement.Text(statement, name));
    }
}
