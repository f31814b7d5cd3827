using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Transparency;

/// <summary>A signed note (c2sp.org/signed-note): a text, an empty line, and lines of signatures.</summary>
internal sealed class Note
{
    /// <summary>Bytes of a note: room for a hundred signatures, some of them of keys that are longer than ours.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxSignatures = 100;
    private const int IdBytes = sizeof(uint);
    private const int TimeBytes = sizeof(ulong);
    private const string Mark = "— ";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private Note(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed, its last line feed included.</summary>
    public string Text { get; }

    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <exception cref="FormatException">It is no note.</exception>
    public static Note Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"a note has at most {MaxBytes} bytes");
        }

        try
        {
            return Read(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("a note is UTF-8", e);
        }
    }

    /// <exception cref="FormatException">It is no note.</exception>
    public static Note Read(string note)
    {
        if (note.Length > MaxBytes || !IsUnicode(note) || Strict.GetByteCount(note) > MaxBytes || note.Any(c => c < ' ' && c != '\n'))
        {
            throw new FormatException($"a note is text of at most {MaxBytes} bytes without control characters");
        }

        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || !note.EndsWith('\n') || end + 2 == note.Length)
        {
            throw new FormatException("a note is a text, an empty line and signatures");
        }

        var lines = note[(end + 2)..^1].Split('\n', MaxSignatures + 1);
        return lines.Length <= MaxSignatures
            ? new Note(note[..(end + 1)], [.. lines.Select(Signature)])
            : throw new FormatException($"a note has at most {MaxSignatures} signatures");
    }

    /// <summary>Signs a text.</summary>
    /// <param name="text">The text; it ends with a line feed.</param>
    /// <param name="name">Name of the key.</param>
    /// <param name="key">The key.</param>
    /// <returns>The line of the signature.</returns>
    public static string SignatureOf(string text, string name, SigningKey key) => Line(new NoteKey(name, NoteKey.Ed25519Type, key.PublicKey), key.Sign(Strict.GetBytes(text)));

    /// <summary>Cosigns a text as a witness.</summary>
    /// <returns>The line of the cosignature.</returns>
    public static string CosignatureOf(string text, string name, SigningKey key, long unixSeconds)
    {
        var stamped = new byte[TimeBytes + Ed25519.SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(stamped, unixSeconds);
        key.Sign(Cosigned(text, (ulong)unixSeconds)).CopyTo(stamped, TimeBytes);
        return Line(new NoteKey(name, NoteKey.CosignatureType, key.PublicKey), stamped);
    }

    /// <summary>The note as it is written down.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line))}";

    /// <summary>The same with lines of signatures added; one that is there already is not added again.</summary>
    /// <exception cref="FormatException">One of them is none, or there are too many.</exception>
    public Note With(IEnumerable<string> lines) => Read($"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line).Concat(lines).Distinct(StringComparer.Ordinal))}");

    /// <summary>
    /// Whether a key signed it. Signatures of others are not looked at; one that claims to be of the key has to hold, however many there are.
    /// </summary>
    /// <exception cref="FormatException">A signature of the key does not hold: the whole note counts for nothing.</exception>
    public bool IsSignedBy(NoteKey key) => Signers([key]).Count > 0;

    /// <summary>Which of some keys signed it, and for cosignatures when. A key that signed more than once counts once, with the earliest time that it names.</summary>
    /// <exception cref="FormatException">A signature of one of them does not hold.</exception>
    public IReadOnlyDictionary<NoteKey, ulong> Signers(IReadOnlyCollection<NoteKey> keys)
    {
        var signers = new Dictionary<NoteKey, ulong>();
        var known = keys.Where(key => key.IsVerifiable).GroupBy(key => (key.Name, key.Id)).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var signature in Signatures.DistinctBy(signature => signature.Line, StringComparer.Ordinal))
        {
            foreach (var key in known.GetValueOrDefault((signature.Name, signature.Id)) ?? [])
            {
                var time = Verify(key, signature) ?? throw new LogFault(LogFault.Signature, $"a signature of '{key.Name}' does not hold");
                signers[key] = signers.TryGetValue(key, out var earlier) ? Math.Min(earlier, time) : time;
            }
        }

        return signers;
    }

    /// <summary>Whether a text has no half of a character.</summary>
    internal static bool IsUnicode(string text)
    {
        try
        {
            _ = Strict.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The time of a cosignature, zero for a signature; null where it does not hold.</summary>
    private ulong? Verify(NoteKey key, NoteSignature signature)
    {
        if (key.Type == NoteKey.Ed25519Type)
        {
            return Ed25519.Verify(key.PublicKey, Strict.GetBytes(Text), signature.Signature) == SignatureVerdict.Valid ? 0 : null;
        }

        if (signature.Signature.Length != TimeBytes + Ed25519.SignatureBytes || BinaryPrimitives.ReadUInt64BigEndian(signature.Signature) is var time && time > long.MaxValue)
        {
            return null;
        }

        return Ed25519.Verify(key.PublicKey, Cosigned(Text, time), signature.Signature.AsSpan(TimeBytes)) == SignatureVerdict.Valid ? time : null;
    }

    private static byte[] Cosigned(string text, ulong time) => Strict.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n{text}"));

    private static string Line(NoteKey key, byte[] signature)
    {
        var bytes = new byte[IdBytes + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, key.Id);
        signature.CopyTo(bytes, IdBytes);
        return $"{Mark}{key.Name} {Convert.ToBase64String(bytes)}\n";
    }

    private static NoteSignature Signature(string line)
    {
        var space = line.IndexOf(' ', Mark.Length < line.Length ? Mark.Length : line.Length);
        return line.StartsWith(Mark, StringComparison.Ordinal) && space > Mark.Length && NoteKey.IsName(line[Mark.Length..space]) && StrictBase64.Decode(line.AsSpan(space + 1)) is { Length: > IdBytes } bytes
            ? new NoteSignature(line[Mark.Length..space], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[IdBytes..], line + "\n")
            : throw new FormatException("a signature of a note has the form '— NAME BASE64'");
    }
}
