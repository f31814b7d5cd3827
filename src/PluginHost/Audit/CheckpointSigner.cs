using System.Globalization;
using System.Security.Cryptography;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Audit;

/// <summary>
/// Signs how far a log goes, as a C2SP signed note: origin, number of lines, hash of the last of them in base64, and the log's
/// name as an extension line.
/// </summary>
internal sealed class CheckpointSigner(SigningKey key) : IDisposable
{
    private const string Role = "pluginhost.audit/";

    public byte[] PublicKey => key.PublicKey;

    /// <summary>Origin of the notes, and name of the key that signs them.</summary>
    public string Origin { get; } = OriginOf(key.PublicKey);

    public static string OriginOf(ReadOnlySpan<byte> publicKey) => Role + KeyId.Of(publicKey);

    public string Sign(AuditPosition position) => SignedNote.Sign(
        $"{Origin}\n{position.Sequence.ToString(CultureInfo.InvariantCulture)}\n{Convert.ToBase64String(Convert.FromHexString(position.Head))}\nlog {position.Log}\n", Origin, key);

    /// <summary>What a note says; null where it is none of an audit log.</summary>
    public static AuditPosition? Read(string note)
    {
        var text = SignedNote.TextOf(note);
        if (text?.Split('\n') is not [var origin, var size, var head, var log, ""]
            || !origin.StartsWith(Role, StringComparison.Ordinal) || !log.StartsWith("log ", StringComparison.Ordinal)
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return null;
        }

        var hash = new byte[32];
        return Convert.TryFromBase64String(head, hash, out var length) && length == hash.Length
            ? new AuditPosition(log[4..], sequence, Convert.ToHexStringLower(hash))
            : null;
    }

    /// <summary>Whether a note is signed with a key.</summary>
    public static bool IsSigned(string note, ReadOnlySpan<byte> publicKey) => SignedNote.Verify(note, OriginOf(publicKey), publicKey);

    /// <summary>A key for digests that nobody knows who has not the host's: hidden behind a signature that is never given away.</summary>
    public byte[] DigestKey() => SHA256.HashData(key.Sign("pluginhost.audit secret digests v1"u8));

    public void Dispose() => key.Dispose();
}
