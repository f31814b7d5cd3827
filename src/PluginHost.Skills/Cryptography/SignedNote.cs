using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Skills.Cryptography;

/// <summary>Signed notes (c2sp.org/signed-note): a text, an empty line, and lines of signatures, of which one of Ed25519 is looked for.</summary>
internal static class SignedNote
{
    /// <summary>Characters that a note may have.</summary>
    public const int MaxLength = 16 * 1024;

    private const string SignatureMark = "— ";
    private const byte Ed25519Type = 1;
    private const int IdBytes = 4;
    private const int MaxSignatures = 16;

    /// <param name="text">The text; it ends with a line feed.</param>
    /// <param name="name">Name of the key.</param>
    /// <param name="key">The key.</param>
    public static string Sign(string text, string name, SigningKey key) =>
        $"{text}\n{SignatureMark}{name} {Convert.ToBase64String([.. IdOf(name, key.PublicKey), .. key.Sign(Encoding.UTF8.GetBytes(text))])}\n";

    /// <summary>The text of a note; null where it has not the form of one.</summary>
    public static string? TextOf(string note)
    {
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        return note.Length > MaxLength || end < 0 || !note.EndsWith('\n') || note.AsSpan().IndexOfAnyInRange('\0', '\t') >= 0 ? null : note[..(end + 1)];
    }

    public static bool Verify(string note, string name, ReadOnlySpan<byte> publicKey)
    {
        if (TextOf(note) is not { } text)
        {
            return false;
        }

        var id = IdOf(name, publicKey);
        var signatures = note[(text.Length + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (signatures.Length > MaxSignatures)
        {
            return false;
        }

        foreach (var line in signatures.Where(line => line.StartsWith($"{SignatureMark}{name} ", StringComparison.Ordinal)))
        {
            var bytes = new byte[IdBytes + Ed25519.SignatureBytes];
            if (Convert.TryFromBase64String(line[(SignatureMark.Length + name.Length + 1)..], bytes, out var length) && length == bytes.Length
                && bytes.AsSpan(0, IdBytes).SequenceEqual(id))
            {
                return Ed25519.Verify(publicKey, Encoding.UTF8.GetBytes(text), bytes.AsSpan(IdBytes)) == SignatureVerdict.Valid;
            }
        }

        return false;
    }

    private static byte[] IdOf(string name, ReadOnlySpan<byte> publicKey) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey])[..IdBytes];
}
