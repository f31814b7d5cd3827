using System.Buffers;
using System.Security.Cryptography;

namespace PluginHost.Audit;

/// <summary>The bytes of a line, and the hash at its end.</summary>
internal static class AuditLine
{
    /// <summary>Bytes of a line, the line feed included.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Hexadecimal digits of a hash.</summary>
    public const int HashDigits = 64;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary><c>prev</c> of the first line of a chain.</summary>
    public static string NoHash { get; } = new('0', HashDigits);

    /// <summary>What stands before the line in what is hashed, so that the hash is one of an audit line and of nothing else.</summary>
    public static ReadOnlySpan<byte> Context => "pluginhost.audit.v1\n"u8;

    private static ReadOnlySpan<byte> HashMark => ",\"hash\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}\n"u8;

    /// <summary>Completes a line of which a buffer holds, behind <see cref="Context"/>, all but the hash and the closing brace.</summary>
    /// <param name="open">The buffer; what is the line in it begins behind the context.</param>
    /// <param name="hash">Gets the digits of the hash.</param>
    public static void Seal(ArrayBufferWriter<byte> open, Span<byte> hash)
    {
        Digits(open.WrittenSpan, hash);
        open.Write(HashMark);
        open.Write(hash);
        open.Write(End);
    }

    /// <summary>Splits a line, given without its line feed; false where its end has not exactly the form of <see cref="Seal"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="scratch">Room for <see cref="Context"/> and the line.</param>
    /// <param name="written">Digits of the hash that the line names.</param>
    /// <param name="holds">Whether that is its hash.</param>
    public static bool TryOpen(ReadOnlySpan<byte> line, Span<byte> scratch, out ReadOnlySpan<byte> written, out bool holds)
    {
        written = default;
        holds = false;
        var mark = line.Length - HashMark.Length - HashDigits - 2;
        if (mark < 0 || !line[mark..].StartsWith(HashMark) || !line.EndsWith(End[..^1]))
        {
            return false;
        }

        written = line.Slice(mark + HashMark.Length, HashDigits);
        if (written.IndexOfAnyExcept(LowerHex) >= 0)
        {
            return false;
        }

        Context.CopyTo(scratch);
        line[..mark].CopyTo(scratch[Context.Length..]);
        Span<byte> computed = stackalloc byte[HashDigits];
        Digits(scratch[..(Context.Length + mark)], computed);
        holds = computed.SequenceEqual(written);
        return true;
    }

    private static void Digits(ReadOnlySpan<byte> hashed, Span<byte> digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hashed, hash);
        Convert.TryToHexStringLower(hash, digits, out _);
    }
}
