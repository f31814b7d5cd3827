using System.Security.Cryptography;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Registries;

namespace PluginHost.Registry.Service;

/// <summary>A publisher's word that it wants a package in a registry: who holds a copy of somebody's package cannot fill a registry with it.</summary>
/// <param name="Registry">The registry, by name.</param>
/// <param name="Host">Host and port that the publisher sent it to: what is sent to one is not handed on to another.</param>
/// <param name="Package">Lower hex SHA-256 of the package.</param>
/// <param name="Bundle">Lower hex SHA-256 of the bundle beside it.</param>
/// <param name="IssuedAt">When.</param>
internal sealed record UploadStatement(string Registry, string Host, string Package, string Bundle, DateTimeOffset IssuedAt)
{
    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:upload:v1";

    /// <summary>Bytes of one.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string PackageName = "package";
    private const string BundleName = "bundle";

    /// <summary>A statement about bytes.</summary>
    public static UploadStatement Of(string registry, string host, ReadOnlySpan<byte> package, ReadOnlySpan<byte> bundle, DateTimeOffset now) =>
        new(registry, host.ToLowerInvariant(), Convert.ToHexStringLower(SHA256.HashData(package)), Convert.ToHexStringLower(SHA256.HashData(bundle)), now);

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, [(PackageName, "sha256", Package), (BundleName, "sha256", Bundle)], json =>
    {
        json.WriteString("registry", Registry);
        json.WriteString("host", Host);
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
    });

    /// <exception cref="FormatException">It is malformed, or not signed by the key.</exception>
    public static UploadStatement Read(ReadOnlyMemory<byte> bytes, byte[] key)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"it has more than {MaxBytes} bytes");
        }

        var (_, statement) = SignedStatement.Read(bytes, key, Type);
        return statement.Subjects is [{ Name: PackageName, Sha256: { } package }, { Name: BundleName, Sha256: { } bundle }]
            ? new UploadStatement(SignedStatement.Text(statement, "registry"), SignedStatement.Text(statement, "host"), package, bundle, ChainLinkReader.Time(SignedStatement.Text(statement, "issuedAt")))
            : throw new FormatException("its subjects are the package and the bundle");
    }
}
