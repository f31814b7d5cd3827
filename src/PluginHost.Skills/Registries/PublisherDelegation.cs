using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Registries;

/// <summary>A registry's word for who may publish under a name (a delegated role of TUF).</summary>
/// <param name="Publisher">The name.</param>
/// <param name="Key">Lower hex public key.</param>
/// <param name="IssuedAt">Since when.</param>
internal sealed record PublisherDelegation(string Publisher, string Key, DateTimeOffset IssuedAt)
{
    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:delegation:v1";

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, [("key", "sha256", KeyEvent.DigestOf(Key))], json =>
    {
        json.WriteString("publisher", Publisher);
        json.WriteString("key", ChainLinkReader.Text(Key));
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
    });

    /// <exception cref="FormatException">It is malformed, or not signed by the key.</exception>
    public static PublisherDelegation Read(ReadOnlyMemory<byte> line, byte[] key)
    {
        var (_, statement) = SignedStatement.Read(line, key, Type);
        var to = ChainLinkReader.Key(SignedStatement.Text(statement, "key"));
        return statement.Subjects is [{ Sha256: { } digest }] && digest == KeyEvent.DigestOf(to)
            ? new PublisherDelegation(SignedStatement.Text(statement, "publisher"), to, ChainLinkReader.Time(SignedStatement.Text(statement, "issuedAt")))
            : throw new FormatException("the subject of a delegation is the SHA-256 of its key");
    }
}
