using System.Globalization;

namespace PluginHost.Skills.Transparency;

/// <summary>What a log says of its tree (c2sp.org/tlog-checkpoint): who it is, how many leaves there are, and what they hash to.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">How many leaves.</param>
/// <param name="Root">Hash of the tree.</param>
/// <param name="Extensions">Further lines, of which nothing is known.</param>
internal sealed record Checkpoint(string Origin, long Size, byte[] Root, IReadOnlyList<string> Extensions)
{
    private const int Lines = 3;

    /// <summary>A checkpoint without extensions.</summary>
    public static Checkpoint Of(string origin, long size, byte[] root) => new(origin, size, root, []);

    /// <summary>Reads the text of a note.</summary>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    public static Checkpoint Read(string text)
    {
        var lines = text.EndsWith('\n') ? text[..^1].Split('\n') : [];
        return lines.Length >= Lines && lines.All(line => line.Length > 0) && Number(lines[1]) is { } size && StrictBase64.Hash(lines[2]) is { } root
            && (size > 0 || root.AsSpan().SequenceEqual(MerkleTree.EmptyRoot))
            ? new Checkpoint(lines[0], size, root, lines[Lines..])
            : throw new FormatException("a checkpoint is an origin, a size and a hash, each on a line (c2sp.org/tlog-checkpoint)");
    }

    /// <summary>Whether both are of the same log and say the same of their tree.</summary>
    public bool IsSameTree(Checkpoint other) => Origin == other.Origin && Size == other.Size && Root.AsSpan().SequenceEqual(other.Root);

    /// <summary>The text that is signed.</summary>
    public string Text => string.Concat(new[] { Origin, Size.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(Root) }.Concat(Extensions).Select(line => line + "\n"));

    /// <summary>A decimal number in its one form; null where the text is none that fits.</summary>
    internal static long? Number(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 19 && text.IndexOfAnyExceptInRange('0', '9') < 0 && (text[0] != '0' || text.Length == 1) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
