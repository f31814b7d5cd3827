using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Skills.Artifacts;

/// <summary>The digest that is signed: over every entry but the signature, in the order of the paths' UTF-8 bytes.</summary>
internal static class PayloadDigest
{
    public const string SignatureEntry = "signature.json";

    private static ReadOnlySpan<byte> Context => "palyra.skill.payload.v1"u8;

    /// <summary>Lower hex SHA-256.</summary>
    public static string Of(IEnumerable<ArchiveEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Context);
        foreach (var (path, content) in entries
            .Where(entry => entry.Path != SignatureEntry)
            .Select(entry => (Path: Encoding.UTF8.GetBytes(entry.Path), entry.Content))
            .OrderBy(entry => entry.Path, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))))
        {
            Append(hash, path);
            Append(hash, content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
