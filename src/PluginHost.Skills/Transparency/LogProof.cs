using System.Globalization;
using System.Text;

namespace PluginHost.Skills.Transparency;

/// <summary>A proof that an entry stands in a log, which can be checked without asking anybody (c2sp.org/tlog-proof).</summary>
/// <param name="Index">Where it stands.</param>
/// <param name="Hashes">From the neighbour of the leaf to the child of the root.</param>
/// <param name="Note">The checkpoint with its signatures.</param>
/// <param name="Extra">Data that nobody signed; null where there is none.</param>
internal sealed record LogProof(long Index, IReadOnlyList<byte[]> Hashes, Note Note, byte[]? Extra)
{
    /// <summary>What a file of one ends with.</summary>
    public const string Extension = ".tlog-proof";

    /// <summary>Bytes of a proof.</summary>
    public const int MaxBytes = Note.MaxBytes + (64 * 1024);

    /// <summary>Steps of the way through a tree of 2⁶³ leaves.</summary>
    public const int MaxHashes = 63;

    private const string Header = "c2sp.org/tlog-proof@v1\n";
    private const string ExtraMark = "extra ";
    private const string IndexMark = "index ";

    /// <exception cref="FormatException">It is no proof.</exception>
    public static LogProof Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"a proof of a log has at most {MaxBytes} bytes");
        }

        try
        {
            return Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("a proof of a log is UTF-8", e);
        }
    }

    /// <summary>Whether the entry stands where it says, in the tree of its checkpoint. Who signed that is for a policy to judge.</summary>
    public bool Proves(ReadOnlySpan<byte> leafHash)
    {
        var checkpoint = Checkpoint.Read(Note.Text);
        return MerkleTree.IsIncluded(Index, checkpoint.Size, leafHash, Hashes, checkpoint.Root);
    }

    public override string ToString() =>
        Header + (Extra is null ? "" : $"{ExtraMark}{Convert.ToBase64String(Extra)}\n") + string.Create(CultureInfo.InvariantCulture, $"{IndexMark}{Index}\n")
        + string.Concat(Hashes.Select(hash => Convert.ToBase64String(hash) + "\n")) + "\n" + Note;

    private static LogProof Read(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (!text.StartsWith(Header, StringComparison.Ordinal) || end < Header.Length)
        {
            throw Malformed();
        }

        var lines = text[Header.Length..end].Split('\n').AsSpan();
        byte[]? extra = null;
        if (lines[0].StartsWith(ExtraMark, StringComparison.Ordinal))
        {
            extra = StrictBase64.Decode(lines[0].AsSpan(ExtraMark.Length)) ?? throw Malformed();
            lines = lines[1..];
        }

        if (lines.Length is 0 or > MaxHashes + 1 || !lines[0].StartsWith(IndexMark, StringComparison.Ordinal) || Checkpoint.Number(lines[0].AsSpan(IndexMark.Length)) is not { } index)
        {
            throw Malformed();
        }

        var hashes = new List<byte[]>();
        foreach (var line in lines[1..])
        {
            hashes.Add(StrictBase64.Hash(line) ?? throw Malformed());
        }

        var note = Note.Read(text[(end + 2)..]);
        _ = Checkpoint.Read(note.Text);
        return new LogProof(index, hashes, note, extra);
    }

    private static FormatException Malformed() => new("a proof of a log is a header, an index, hashes and a checkpoint (c2sp.org/tlog-proof)");
}
