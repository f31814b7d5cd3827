using System.Security.Cryptography;

namespace PluginHost.Audit;

/// <summary>The bytes of a line, and the hash at its end.</summary>
internal static class AuditLine
{
    /// <summary>Bytes of a line, the line feed included.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int HashDigits = 64;
    private static readonly System.Buffers.SearchValues<byte> LowerHex = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    /// <summary><c>prev</c> of the first line of a chain.</summary>
    public static string NoHash { get; } = new('0', HashDigits);

    /// <summary>What stands before the line in what is hashed, so that the hash is one of an audit line and of nothing else.</summary>
    public static ReadOnlySpan<byte> Context => "pluginhost.audit.v1\n"u8;

    private static ReadOnlySpan<byte> HashMark => ",\"hash\":"u8;

    /// <summary>Bytes that <see cref="Seal"/> adds to an object.</summary>
    private static int SealBytes => HashMark.Length + HashDigits + 4;

    /// <summary>Completes an object, given with its closing brace behind <see cref="Context"/>, by its hash and a line feed.</summary>
    public static (byte[] Line, string Hash) Seal(ReadOnlySpan<byte> contextAndBody)
    {
        var hashed = contextAndBody[..^1];
        var hash = Convert.ToHexStringLower(SHA256.HashData(hashed));
        var open = hashed[Context.Length..];
        var line = new byte[open.Length + SealBytes];
        open.CopyTo(line);
        HashMark.CopyTo(line.AsSpan(open.Length));
        var end = line.AsSpan(open.Length + HashMark.Length);
        end[0] = (byte)'"';
        System.Text.Encoding.ASCII.GetBytes(hash, end[1..]);
        "\"}\n"u8.CopyTo(end[(HashDigits + 1)..]);
        return (line, hash);
    }

    /// <summary>Splits a line, given without its line feed; false where its end has not exactly the form of <see cref="Seal"/>.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> line, out string written, out string computed)
    {
        written = computed = "";
        var mark = line.LastIndexOf(HashMark);
        if (mark < 0)
        {
            return false;
        }

        var end = line[(mark + HashMark.Length)..];
        if (end.Length != HashDigits + 3 || end[0] != '"' || end[HashDigits + 1] != '"' || end[HashDigits + 2] != '}'
            || end.Slice(1, HashDigits).IndexOfAnyExcept(LowerHex) >= 0)
        {
            return false;
        }

        written = System.Text.Encoding.ASCII.GetString(end.Slice(1, HashDigits));
        computed = HashOf(line[..mark]);
        return true;
    }

    private static string HashOf(ReadOnlySpan<byte> open)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Context);
        hash.AppendData(open);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
