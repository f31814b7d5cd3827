using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Cryptography;

/// <summary>Signed notes of one key of ours: checkpoints of audit logs. What a log's notes hold is <see cref="Note"/>'s affair.</summary>
internal static class SignedNote
{
    /// <summary>Characters that such a note may have.</summary>
    public const int MaxLength = 16 * 1024;

    /// <param name="text">The text; it ends with a line feed.</param>
    /// <param name="name">Name of the key.</param>
    /// <param name="key">The key.</param>
    public static string Sign(string text, string name, SigningKey key) => $"{text}\n{Note.SignatureOf(text, name, key)}";

    /// <summary>The text of a note; null where it has not the form of one.</summary>
    public static string? TextOf(string note) => Read(note)?.Text;

    public static bool Verify(string note, string name, ReadOnlySpan<byte> publicKey)
    {
        try
        {
            return Read(note)?.IsSignedBy(new NoteKey(name, NoteKey.Ed25519Type, publicKey.ToArray())) == true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static Note? Read(string note)
    {
        try
        {
            return note.Length <= MaxLength ? Note.Read(note) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
