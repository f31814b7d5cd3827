using System.Collections.Immutable;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Registries;

/// <summary>
/// What a registry holds right now, and until when that is fresh (the timestamp role of TUF): without it, whoever serves the files could go on serving old
/// ones for ever, or some old beside some new ones.
/// </summary>
/// <param name="Registry">The registry, by name.</param>
/// <param name="Version">How often it was signed: it only grows.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="Expires">Until when it is fresh.</param>
/// <param name="Files">Lower hex SHA-256 of each file that it speaks for.</param>
internal sealed record RegistryTimestamp(string Registry, long Version, DateTimeOffset IssuedAt, DateTimeOffset Expires, ImmutableSortedDictionary<string, string> Files)
{
    /// <summary>Bytes of one.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:timestamp:v1";

    private const int MaxFiles = 64;
    private const int Sha256Digits = 64;
    private const long MaxVersion = 1L << 53;

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, Files.Select(file => (file.Key, "sha256", file.Value)), json =>
    {
        json.WriteString("registry", Registry);
        json.WriteNumber("version", Version);
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
        json.WriteString("expires", ChainLinkReader.Text(Expires));
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

        return statement.Predicate.TryGetProperty("version", out var number) && number.ValueKind == System.Text.Json.JsonValueKind.Number && number.TryGetInt64(out var version) && version is > 0 and <= MaxVersion
            ? new RegistryTimestamp(SignedStatement.Text(statement, "registry"), version, Time("issuedAt"), Time("expires"), files.ToImmutable())
            : throw new FormatException("its version is no positive number");

        DateTimeOffset Time(string name) => ChainLinkReader.Time(SignedStatement.Text(statement, name));
    }
}
