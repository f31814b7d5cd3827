using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Transparency;

/// <summary>A key whose signatures under notes are known (c2sp.org/signed-note, "verifier keys").</summary>
internal sealed record NoteKey
{
    /// <summary>Signatures of Ed25519 over the text.</summary>
    public const byte Ed25519Type = 0x01;

    /// <summary>Cosignatures of witnesses: Ed25519 over a time and the text (c2sp.org/tlog-cosignature).</summary>
    public const byte CosignatureType = 0x04;

    /// <summary>Cosignatures of ML-DSA-44: read, so that a policy may name their keys, and not verified.</summary>
    public const byte MlDsaType = 0x06;

    private const int MlDsaBytes = 1312;
    private const int MaxLength = 1024;

    public NoteKey(string name, byte type, byte[] publicKey)
    {
        Name = IsName(name) ? name : throw new FormatException("the name of a key is not empty, and has no white space, control character or plus");
        Type = type is Ed25519Type or CosignatureType && publicKey.Length == Ed25519.PublicKeyBytes || type is MlDsaType && publicKey.Length == MlDsaBytes
            ? type
            : throw new FormatException("a key is one of Ed25519, of type 1 or 4, or of ML-DSA-44, of type 6");
        PublicKey = publicKey;
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. publicKey]));
    }

    public string Name { get; }

    public byte Type { get; }

    public byte[] PublicKey { get; }

    /// <summary>The id by which signatures name it: a hint together with the name, no identity.</summary>
    public uint Id { get; }

    /// <summary>Whether its signatures are verified; what is not counts as not signed.</summary>
    public bool IsVerifiable => Type != MlDsaType;

    /// <summary>The public key in lower hexadecimal digits.</summary>
    public string Hex => Convert.ToHexStringLower(PublicKey);

    /// <summary>Whether a text can name a key.</summary>
    public static bool IsName(string name) => name is { Length: > 0 and <= MaxLength } && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+') && Note.IsUnicode(name);

    /// <summary>Reads <c>name+id+base64</c>.</summary>
    /// <exception cref="FormatException">It is none, of a type that is not known here, or its id is not that of the key.</exception>
    public static NoteKey Parse(string text)
    {
        var parts = text.Length <= 4 * MaxLength ? text.Split('+', 3) : [];
        if (parts.Length != 3 || parts[1].Length != 8 || !parts[1].All(char.IsAsciiHexDigit) || StrictBase64.Decode(parts[2]) is not { Length: > 1 } bytes)
        {
            throw new FormatException("a key of notes has the form NAME+ID+KEY (c2sp.org/signed-note)");
        }

        var key = new NoteKey(parts[0], bytes[0], bytes[1..]);
        return key.Id == uint.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) ? key : throw new FormatException($"the id of the key '{parts[0]}' is not the one that follows from it");
    }

    /// <summary>The key as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([Type, .. PublicKey])}");

    public bool Equals(NoteKey? other) => other is not null && Name == other.Name && Type == other.Type && PublicKey.AsSpan().SequenceEqual(other.PublicKey);

    public override int GetHashCode() => HashCode.Combine(Name, Id);
}
