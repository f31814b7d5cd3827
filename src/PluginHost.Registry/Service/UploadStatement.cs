using System.Security.Cryptography;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Registries;

namespace PluginHost.Registry.Service;

/// <summary>A publisher's word that it wants a package in a registry: who holds a copy of somebody's package cannot fill a registry with it.</summary>
/// <param name="Registry">The registry, by name.</param>
/// <param name="Host">Host and port that the publisher sent it to: what is sent to one is not handed on to another.</param>
/// <param name="Key">Who says so, a public key as 64 lower hex digits: who that is is known before anything large is read.</param>
/// <param name="Package">Lower hex SHA-256 of the package.</param>
/// <param name="Bundle">Lower hex SHA-256 of the bundle beside it.</param>
/// <param name="IssuedAt">When.</param>
internal sealed record UploadStatement(string Registry, string Host, string Key, string Package, string Bundle, DateTimeOffset IssuedAt)
{
    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:upload:v1";

    /// <summary>Bytes of one.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string PackageName = "package";
    private const string BundleName = "bundle";

    /// <summary>A statement about bytes.</summary>
    public static UploadStatement Of(string registry, string host, string key, ReadOnlySpan<byte> package, ReadOnlySpan<byte> bundle, DateTimeOffset now) =>
        new(registry, host.ToLowerInvariant(), key, Convert.ToHexStringLower(SHA256.HashData(package)), Convert.ToHexStringLower(SHA256.HashData(bundle)), now);

    /// <summary>Whether it is about these bytes.</summary>
    public bool IsOf(ReadOnlySpan<byte> package, ReadOnlySpan<byte> bundle) =>
        Package == Convert.ToHexStringLower(SHA256.HashData(package)) && Bundle == Convert.ToHexStringLower(SHA256.HashData(bundle));

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, [(PackageName, "sha256", Package), (BundleName, "sha256", Bundle)], json =>
    {
        json.WriteString("registry", Registry);
        json.WriteString("host", Host);
        json.WriteString("key", Key);
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
    });

    /// <param name="bytes">The envelope.</param>
    /// <param name="mayPublish">Whether a key is that of somebody whose uploads are read.</param>
    /// <exception cref="FormatException">It is malformed, or signed by nobody who may.</exception>
    public static UploadStatement Read(ReadOnlyMemory<byte> bytes, Func<string, bool> mayPublish)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"it has more than {MaxBytes} bytes");
        }

        var (_, statement) = SignedStatement.Read(bytes, said => Allowed(SignedStatement.Text(said, "key"), mayPublish), Type);
        return statement.Subjects is [{ Name: PackageName, Sha256: { } package }, { Name: BundleName, Sha256: { } bundle }]
            ? new UploadStatement(SignedStatement.Text(statement, "registry"), SignedStatement.Text(statement, "host"), SignedStatement.Text(statement, "key"), package, bundle, ChainLinkReader.Time(SignedStatement.Text(statement, "issuedAt")))
            : throw new FormatException("its subjects are the package and the bundle");
    }

    private static byte[] Allowed(string key, Func<string, bool> mayPublish) => mayPublish(key) ? Convert.FromHexString(key) : throw new FormatException("its key is that of no publisher who is known here");
}
